// Who may log in to which queue: FreePBX keeps that in the AstDB, below QPENALTY. The manager interface reads one family of it with
// the right `reporting`, which our user has anyway (Asterisk 16.28, 18.14, 19.6 and newer); the file of the AstDB would need rights
// on all of it, mailbox passwords among them, and `database show` the right `command`.
import type { Ami } from '../../ami/index.js';
import type { Dynamic } from './items.js';

const LIST_MS = 5000;

/** Extensions by queue, in order. Rejects with AmiError where the PBX does not know the action or is away. */
export async function dynamicMembers(ami: Pick<Ami, 'list'>): Promise<Dynamic> {
  const items = await ami.list(
    'DBGetTree',
    { Family: 'QPENALTY' },
    { complete: 'DBGetTreeComplete', timeoutMs: LIST_MS },
  );
  const found = new Map<string, string[]>();
  for (const item of items) {
    const [, queue = '', member = ''] = /^\/QPENALTY\/([^/]+)\/agents\/([^/]+)$/.exec(item.get('Key') ?? '') ?? [];
    if (member !== '') found.set(queue, [...(found.get(queue) ?? []), member]);
  }
  return new Map([...found].sort().map(([queue, members]) => [queue, members.sort()]));
}

// What the tests of the lists share: where the scripts stand, and the laboratory's own way to call Asterisk's console from the dialplan.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asteriskTree, wantedVersion } from '../../scripts/lab/asterisk-tree.js';

export const DIALPLAN = fileURLToPath(new URL('../../dialplan', import.meta.url));
export const scriptOf = (name: 'lists' | 'queues' | 'reload') => `${DIALPLAN}/exec/dialhook-${name}.sh`;
for (const name of ['lists', 'queues', 'reload'] as const) chmodSync(scriptOf(name), 0o755);

/** dialhook-lists.conf for a laboratory's Asterisk, which stands neither in /usr/sbin nor alone: with a script of its own in `folder`. */
export async function labLists(folder: string): Promise<string> {
  const { command } = await asteriskTree(wantedVersion());
  const script = join(folder, 'reload.sh');
  writeFileSync(script, readFileSync(scriptOf('reload'), 'utf8').replace('/usr/sbin/asterisk', command.join(' ')), {
    mode: 0o755,
  });
  const text = readFileSync(`${DIALPLAN}/dialhook-lists.conf`, 'utf8');
  return text.replace('/etc/asterisk/dialhook/exec/dialhook-reload.sh', script);
}

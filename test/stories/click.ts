// A click as the page sends it, but without the page.
import { expect } from 'chai';
import { until } from '../../scripts/lab/wait.js';
import { destinationRule } from '../../src/actions/destination.js';
import { performClick } from '../../src/actions/perform.js';
import { rateLimit } from '../../src/actions/rate.js';
import { connectAmi } from '../../src/ami/index.js';
import { createLog } from '../../src/log/log.js';
import { findClick, saveClick, updateClick } from '../../src/store/clicks.js';
import type { Centre } from './centre.js';

/** An operator clicks: a verb with its arguments, as `call` with `to`. @throws Error when it was not sent. */
export async function sendClick(
  { asterisk, db }: Pick<Centre, 'asterisk' | 'db'>,
  operator: string,
  verb: string,
  args: Record<string, string>,
): Promise<void> {
  const log = createLog({ level: 'silent', pretty: false });
  const { amiPort: port, amiUser: user, amiSecret: secret } = asterisk;
  const ami = connectAmi({ host: '127.0.0.1', port, user, secret, log });
  try {
    await until(() => ami.state().up, { what: 'the manager interface is up' });
    const clicks = {
      save: (row: Parameters<typeof saveClick>[1]) => saveClick(db, row),
      update: (...change: [string, Parameters<typeof updateClick>[2], number, Parameters<typeof updateClick>[4]]) =>
        updateClick(db, ...change),
      find: (id: string) => findClick(db, id),
    };
    const who = { id: 1, login: operator, role: 'operator' as const, operator };
    const deps = { ami, clicks, limit: rateLimit(), destination: destinationRule({ international: ['998'] }), log };
    const click = { verb, args: { operator, ...args }, user: who, now: Date.now() };
    const result = await performClick(deps, click);
    expect(result.state, JSON.stringify(result)).to.equal('sent');
  } finally {
    await ami.close();
  }
}

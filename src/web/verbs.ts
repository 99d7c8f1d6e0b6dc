// Pure. From what a browser sent to the arguments of a click. A browser names calls and operators by their ids;
// channels and rights come from the snapshot and the session, never from the browser.
import { atLeast, type User } from '../auth/users.js';
import type { Snapshot } from '../call/live.js';
import { type ClickArgs, VERBS, type Verb } from './deps.js';

export type Checked = { ok: true; verb: Verb; args: ClickArgs } | { ok: false; status: number; text: string };

type Fields = Readonly<Record<string, unknown>>;

interface Asked {
  fields: Fields;
  user: User;
  snapshot: Snapshot | null;
  reasons: readonly string[];
}

/** A dialled number: digits, * and #, a plus in front. Brackets, spaces and hyphens are how people write, and go. */
const NUMBER = /^\+?[0-9*#]{1,24}$/;
const refused = (status: number, text: string): Checked => ({ ok: false, status, text });

/** Checks a click: the verb is on the list, the arguments are whole, and this user may do it to this operator or call. */
export function checkClick(asked: Asked): Checked {
  const verb = VERBS.find((one) => one === asked.fields['verb']);
  if (verb === undefined) return refused(400, 'There is no such action.');
  if (verb === 'call') return call(asked);
  return verb === 'hangup' ? hangup(asked) : presence(verb, asked);
}

const text = (value: unknown): string => (typeof value === 'string' && value.length <= 200 ? value : '');

function call({ fields, user }: Asked): Checked {
  if (user.operator === '') return refused(403, 'No phone is linked to your login, so nothing can ring.');
  const to = text(fields['to']).replace(/[\s().\-\u00a0\u2010-\u2015]/g, '');
  if (!NUMBER.test(to)) return refused(400, 'That is not a number that can be dialled.');
  if (to === user.operator) return refused(400, 'That is your own phone.');
  return { ok: true, verb: 'call', args: { operator: user.operator, to } };
}

function hangup({ fields, user, snapshot }: Asked): Checked {
  const id = text(fields['call']);
  const call = snapshot?.calls.find((one) => one.call === id);
  const mine = snapshot?.operators.find((one) => one.operator === user.operator && one.call === id);
  if (id === '' || (call === undefined && mine === undefined)) return refused(409, 'That call is already over.');
  const own = user.operator !== '' && mine !== undefined;
  if (!own && !atLeast(user.role, 'supervisor')) return refused(403, 'That is not your call.');
  // One's own leg when it is one's own call; else the caller's channel, which ends the whole call.
  const channel = own ? mine.channel || call?.channel : call?.channel;
  if (!channel) return refused(409, 'That call is already over.');
  return { ok: true, verb: 'hangup', args: { operator: user.operator, call: id, channel } };
}

function presence(verb: Verb, { fields, user, snapshot, reasons }: Asked): Checked {
  const operator = text(fields['operator']) || user.operator;
  if (operator === '') return refused(403, 'No phone is linked to your login.');
  if (operator !== user.operator) {
    if (!atLeast(user.role, 'supervisor')) return refused(403, 'Only a supervisor may do that for others.');
    const known = snapshot?.operators.some((one) => one.operator === operator);
    if (!known) return refused(409, 'That operator is not known any more.');
  }
  if (verb !== 'pause') return { ok: true, verb, args: { operator } };
  const reason = reasons.find((one) => one === fields['reason']);
  if (reason === undefined) return refused(400, 'Please choose a reason for the pause.');
  return { ok: true, verb, args: { operator, reason } };
}

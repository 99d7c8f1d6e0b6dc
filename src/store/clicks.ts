// Every click: who, what, when, and what came of it.
import type { Knex } from 'knex';
import type { CallEvent } from '../call/event.js';
import type { Db } from './database.js';
import { cut } from './text.js';
import { fromDb, toDb } from './time.js';

/** sent: given to the PBX. confirmed: the dialplan said it ran. failed: with the reason. done: its effect was seen. */
export type ClickState = 'sending' | 'sent' | 'confirmed' | 'done' | 'failed' | 'expired';

export interface ClickRow {
  id: string;
  userId: number;
  login: string;
  verb: string;
  operator: string;
  target: string;
  sentAt: number;
  deadlineAt: number;
  state: ClickState;
  /** What the dialplan said, e.g. a DIALSTATUS. */
  result: string;
  error: string;
  changedAt: number;
}

interface Stored {
  id: string;
  user_id: number;
  login: string;
  verb: string;
  operator: string;
  target: string;
  sent_at: string;
  deadline_at: string;
  state: ClickState;
  result: string;
  error: string;
  changed_at: string;
}

/** Writes the audit row of a click, before it is sent. */
export async function saveClick(db: Db, click: ClickRow): Promise<void> {
  await db.knex('clicks').insert({
    id: click.id,
    user_id: click.userId,
    login: click.login,
    verb: click.verb,
    operator: click.operator,
    target: cut(click.target, 255),
    sent_at: toDb(click.sentAt),
    deadline_at: toDb(click.deadlineAt),
    state: click.state,
    result: click.result,
    error: cut(click.error, 255),
    changed_at: toDb(click.changedAt),
  });
}

/** Changes a click, only while its state is one of `from`: an event may have moved it on in the meantime. */
export async function updateClick(
  db: Db,
  id: string,
  change: { state: ClickState; error?: string },
  now: number,
  from: readonly ClickState[],
): Promise<void> {
  const error = change.error === undefined ? {} : { error: cut(change.error, 255) };
  await db
    .knex('clicks')
    .where({ id })
    .whereIn('state', from)
    .update({ state: change.state, ...error, changed_at: toDb(now) });
}

/** How many calls a user has asked for since `since` (ms), by any process; refused ones count too. */
export async function countCalls(db: Db, userId: number, since: number): Promise<number> {
  const row = (await db
    .knex('clicks')
    .where({ user_id: userId, verb: 'call' })
    .where('sent_at', '>', toDb(since))
    .count({ n: '*' })
    .first()) as { n: number } | undefined;
  return Number(row?.n ?? 0);
}

export async function findClick(db: Db, id: string): Promise<ClickRow | null> {
  const row = (await db.knex('clicks').where({ id }).first()) as Stored | undefined;
  return row ? fromStored(row) : null;
}

const fromStored = (row: Stored): ClickRow => ({
  id: row.id,
  userId: Number(row.user_id),
  login: row.login,
  verb: row.verb,
  operator: row.operator,
  target: row.target,
  sentAt: fromDb(row.sent_at),
  deadlineAt: fromDb(row.deadline_at),
  state: row.state,
  result: row.result,
  error: row.error,
  changedAt: fromDb(row.changed_at),
});

/** Notes what the dialplan said of clicks. A click that already failed here keeps its reason; the dialplan's word comes beside it. */
export async function noteClicks(trx: Knex, events: readonly CallEvent[]): Promise<void> {
  for (const event of events) {
    if (event.event !== 'click') continue;
    await trx('clicks')
      .where({ id: event.click })
      .update({ result: event.result, changed_at: toDb(event.at) });
    await trx('clicks').where({ id: event.click }).whereIn('state', ['sending', 'sent']).update({ state: 'confirmed' });
  }
}

// Finished calls as a list, newest first. A page begins after a call, not at a number: rows that come in do not move it.
import type { Db } from './database.js';
import { fromDb, toDb } from './time.js';

export interface CallLine {
  call: string;
  pbx: string;
  direction: 'in' | 'out' | 'internal';
  from: string;
  name: string;
  to: string;
  operator: string;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number;
  wait: number;
  talk: number;
  outcome: string;
}

interface Stored {
  call_id: string;
  pbx: string;
  direction: CallLine['direction'];
  caller_number: string;
  caller_name: string;
  dialled: string;
  operator: string;
  started_at: string;
  answered_at: string | null;
  ended_at: string;
  wait_ms: number;
  talk_ms: number;
  outcome: string;
}

/** Calls that started from `since` on and before `until` (ms), after a call of the list. */
export async function listCalls(
  db: Db,
  asked: { since: number; until: number; after: { startedAt: number; call: string } | null; limit: number },
): Promise<CallLine[]> {
  const { since, until, after, limit } = asked;
  const query = db
    .knex('cdr_calls')
    .where('started_at', '>=', toDb(since))
    .where('started_at', '<', toDb(until))
    .orderBy([
      { column: 'started_at', order: 'desc' },
      { column: 'call_id', order: 'desc' },
    ])
    .limit(limit);
  if (after !== null) {
    const at = toDb(after.startedAt);
    query.where('started_at', '<=', at).where((rest) => {
      rest.where('started_at', '<', at).orWhere('call_id', '<', after.call);
    });
  }
  return ((await query) as Stored[]).map((row) => ({
    ...{ call: row.call_id, pbx: row.pbx, direction: row.direction, from: row.caller_number, name: row.caller_name },
    ...{ to: row.dialled, operator: row.operator, startedAt: fromDb(row.started_at), endedAt: fromDb(row.ended_at) },
    ...{ answeredAt: fromDb(row.answered_at), wait: Number(row.wait_ms), talk: Number(row.talk_ms) },
    outcome: row.outcome,
  }));
}

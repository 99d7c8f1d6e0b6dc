// An operator's own finished calls, newest first.
import { digitsOf, findClients } from './clients.js';
import type { Db } from './database.js';
import { fromDb, toDb } from './time.js';

export interface RecentCall {
  call: string;
  at: number;
  direction: 'in' | 'out' | 'internal';
  party: string;
  name: string;
  vip: boolean;
  queue: string;
  /** answered, or how this operator's ring ended; for a call the operator placed, how the call ended. */
  outcome: string;
  /** ms; null without a talk. */
  talk: number | null;
}

interface Row {
  call_id: string;
  started_at: string;
  direction: RecentCall['direction'];
  caller_number: string;
  caller_name: string;
  dialled: string;
  operator: string;
  call_outcome: string;
  leg_outcome: string;
  queue: string;
  talk_ms: number | null;
}

/** Calls that had a leg of this operator since `since` (ms). A call that rang the same phone twice is told once, by its last ring. */
export async function recentCalls(db: Db, operator: string, since: number, limit: number): Promise<RecentCall[]> {
  const k = db.knex;
  const rows = (await k('cdr_legs as l')
    .join('cdr_calls as c', 'c.call_id', 'l.call_id')
    .leftJoin('cdr_talks as t', (join) => join.on('t.call_id', 'l.call_id').andOn('t.operator', 'l.operator'))
    .where('l.operator', operator)
    .where('l.started_at', '>=', toDb(since))
    .orderBy([
      { column: 'l.started_at', order: 'desc' },
      { column: 'l.n', order: 'desc' },
    ])
    .limit(limit * 3)
    .select('l.call_id', 'c.started_at', 'c.direction', 'c.caller_number', 'c.caller_name', 'c.dialled', 'c.operator')
    .select({ call_outcome: 'c.outcome', leg_outcome: 'l.outcome', queue: 'l.queue', talk_ms: 't.talk_ms' })) as Row[];
  const newest = new Map<string, Row>();
  for (const row of rows) if (!newest.has(row.call_id)) newest.set(row.call_id, row);
  const found = [...newest.values()].slice(0, limit);
  const partyOf = (row: Row) => (row.operator === operator ? row.dialled : row.caller_number);
  const clients = await findClients(db, found.map(partyOf));
  return found.map((row) => {
    const client = clients.get(digitsOf(partyOf(row)));
    const talked = row.talk_ms !== null;
    return {
      call: row.call_id,
      at: fromDb(row.started_at),
      direction: row.direction,
      party: partyOf(row),
      name: client?.name ?? (row.operator === operator ? '' : row.caller_name),
      vip: client?.vip ?? false,
      queue: row.queue,
      outcome: talked
        ? 'answered'
        : row.leg_outcome === 'caller' || row.leg_outcome === 'placed' || row.operator === operator
          ? row.call_outcome
          : row.leg_outcome,
      talk: talked ? Number(row.talk_ms) : null,
    };
  });
}

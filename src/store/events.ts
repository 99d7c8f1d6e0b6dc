// The truth: every event line as it came, and what could not be used with the reason.
import type { Knex } from 'knex';
import type { CallEvent } from '../call/event.js';
import type { Db } from './database.js';
import { askFor, insertAll, inserts, rowsFor, type Statement } from './insert.js';
import { fromDb, toDb } from './time.js';

export interface ReceivedEvent {
  event: CallEvent;
  line: string;
  /** When the server had it, ms by its clock. */
  receivedAt: number;
}

export interface RejectedEvent {
  line: string;
  reason: string;
  receivedAt: number;
}

/** Of some events those that are not stored yet, each once: a repeat is nothing, an event counts once. */
export async function notStored(trx: Knex, received: readonly ReceivedEvent[]): Promise<ReceivedEvent[]> {
  const fresh = new Map<string, ReceivedEvent>();
  for (const one of received) if (!fresh.has(one.event.id)) fresh.set(one.event.id, one);
  const known = await rowsFor<{ id: string }>(trx, 'SELECT id FROM events WHERE id IN (:keys)', [...fresh.keys()]);
  for (const { id } of known) fresh.delete(id);
  return [...fresh.values()];
}

/** The statements that store events which are not there yet. */
export const eventInserts = (trx: Knex, fresh: readonly ReceivedEvent[]): Generator<Statement> =>
  inserts(
    trx,
    'events',
    fresh.map(({ event, line, receivedAt }) => ({
      id: event.id,
      call_id: event.call,
      pbx: event.pbx,
      event: event.event,
      at: toDb(event.at),
      received_at: toDb(receivedAt),
      line,
    })),
  );

/** The stored lines of some calls, by call. */
export async function linesOfCalls(trx: Knex, calls: readonly string[]): Promise<Map<string, string[]>> {
  const lines = new Map<string, string[]>(calls.map((id) => [id, []]));
  const rows = await askFor(
    calls,
    async (part) =>
      (await trx('events').select('call_id', 'line').whereIn('call_id', part)) as { call_id: string; line: string }[],
  );
  for (const row of rows) lines.get(row.call_id)?.push(row.line);
  return lines;
}

/** How many event rows each of some calls has. */
export async function countEvents(trx: Knex, calls: readonly string[]): Promise<Map<string, number>> {
  const sql = 'SELECT call_id, COUNT(*) AS n FROM events WHERE call_id IN (:keys) GROUP BY call_id';
  const rows = await rowsFor<{ call_id: string; n: number }>(trx, sql, calls);
  return new Map(rows.map((row) => [row.call_id, Number(row.n)]));
}

/** Keeps what could not be used. */
export async function insertRejected(trx: Knex, rejected: readonly RejectedEvent[]): Promise<void> {
  const rows = rejected.map((r) => ({
    received_at: toDb(r.receivedAt),
    reason: r.reason.slice(0, 255),
    line: r.line.slice(0, 8192),
  }));
  await insertAll(trx, 'rejected_events', rows);
}

/** How much was kept aside, and the newest of it. */
export async function rejectedSummary(
  db: Db,
  newest = 5,
): Promise<{ count: number; newest: { at: number; reason: string; line: string }[] }> {
  const [row] = (await db.knex('rejected_events').count({ n: '*' })) as { n: number }[];
  const rows = (await db.knex('rejected_events').orderBy('seq', 'desc').limit(newest)) as {
    received_at: string;
    reason: string;
    line: string;
  }[];
  return {
    count: Number(row?.n ?? 0),
    newest: rows.map((r) => ({ at: fromDb(r.received_at), reason: r.reason, line: r.line })),
  };
}

/** Ids of calls that have events, after `after`, in order: for walking through all of them. */
export function nextCalls(db: Db, after: string, limit: number): Promise<string[]> {
  return db
    .knex('events')
    .distinct('call_id')
    .where('call_id', '>', after)
    .orderBy('call_id')
    .limit(limit)
    .pluck('call_id');
}

/** The newest events, newest first, for the ticker. */
export async function newestLines(db: Db, limit: number): Promise<string[]> {
  return (await db.knex('events').orderBy('seq', 'desc').limit(limit).pluck('line')) as string[];
}

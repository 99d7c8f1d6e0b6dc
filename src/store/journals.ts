// How far each server's journal is in the tables. Written in the transaction of the rows, so a crash neither loses nor repeats.
import type { Knex } from 'knex';
import type { Db } from './database.js';
import { upsertAll } from './insert.js';
import { fromDb, toDb } from './time.js';

/** A place in a journal: the segment's number and the byte in it. */
export interface Position {
  segment: number;
  offset: number;
}

export interface JournalState extends Position {
  server: string;
  /** Events stored, repeats met, lines kept aside: since the tables exist, by this server. */
  events: number;
  repeated: number;
  rejected: number;
  lastEventAt: number | null;
  appliedAt: number;
  /** The place as the tables have it; left out before the first batch. */
  stored?: Position;
}

/** The tables have another place than was read: a COMMIT of which nobody heard was done after all. Ask them anew. */
export class JournalMoved extends Error {
  constructor() {
    super('the tables are further than was known');
  }
}

interface JournalRow {
  server: string;
  segment: number;
  position: number;
  events: number;
  repeated: number;
  rejected: number;
  last_event_at: string | null;
  applied_at: string;
}

const fromRow = (row: JournalRow): JournalState => ({
  server: row.server,
  segment: Number(row.segment),
  offset: Number(row.position),
  events: Number(row.events),
  repeated: Number(row.repeated),
  rejected: Number(row.rejected),
  lastEventAt: fromDb(row.last_event_at),
  appliedAt: fromDb(row.applied_at),
  stored: { segment: Number(row.segment), offset: Number(row.position) },
});

/** Where a server's journal stands in the tables; null when nothing of it was ever applied here. */
export async function findJournal(db: Pick<Db, 'knex'>, server: string): Promise<JournalState | null> {
  const row = (await db.knex('journals').where({ server }).first()) as JournalRow | undefined;
  return row ? fromRow(row) : null;
}

export async function listJournals(db: Db): Promise<JournalState[]> {
  return ((await db.knex('journals').orderBy('server')) as JournalRow[]).map(fromRow);
}

/**
 * Moves a journal on, in the transaction of its rows. Throws JournalMoved when the tables have another place than
 * `state.stored`: with a cluster, or a slow disk, a COMMIT may be done long after we gave up waiting for its answer.
 */
export async function saveJournal(trx: Knex, state: JournalState): Promise<void> {
  const { server, segment, offset, events, repeated, rejected, stored } = state;
  const times = { last_event_at: toDb(state.lastEventAt), applied_at: toDb(state.appliedAt) };
  const row = { segment, position: offset, events, repeated, rejected, ...times };
  if (!stored) return upsertAll(trx, 'journals', 'server', [{ server, ...row }]);
  const place = { server, segment: stored.segment, position: stored.offset };
  // Both dialects count the row that was found, also when nothing in it changes.
  if ((await trx('journals').where(place).update(row)) === 0) throw new JournalMoved();
}

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
});

/** Where a server's journal stands in the tables; null when nothing of it was ever applied here. */
export async function findJournal(db: Pick<Db, 'knex'>, server: string): Promise<JournalState | null> {
  const row = (await db.knex('journals').where({ server }).first()) as JournalRow | undefined;
  return row ? fromRow(row) : null;
}

export async function listJournals(db: Db): Promise<JournalState[]> {
  return ((await db.knex('journals').orderBy('server')) as JournalRow[]).map(fromRow);
}

export async function saveJournal(trx: Knex, state: JournalState): Promise<void> {
  const { server, segment, offset, events, repeated, rejected } = state;
  const times = { last_event_at: toDb(state.lastEventAt), applied_at: toDb(state.appliedAt) };
  await upsertAll(trx, 'journals', 'server', [
    { server, segment, position: offset, events, repeated, rejected, ...times },
  ]);
}

// What imports write: calls with their mark, how far a source was read, and what could not be used.
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Call } from '../call/call.js';
import { writeCalls } from './calls.js';
import type { Db } from './database.js';
import { upsertAll } from './insert.js';
import { fromDb, toDb } from './time.js';

export interface ImportState {
  /** What was read: address and table, or the file. */
  source: string;
  kind: 'cdr' | 'queue_log';
  /** Where the next run goes on, in the source's own words. */
  place: Record<string, unknown>;
  counts: Record<string, number>;
  changedAt: number;
}

/** Sources may be longer than a key; what is compared is their digest. */
export const sourceKey = (kind: string, source: string): string =>
  `${kind}:${createHash('sha1').update(source).digest('hex').slice(0, 24)}`;

/** How far a source was read; null when never. */
export async function findImport(db: Pick<Db, 'knex'>, key: string): Promise<ImportState | null> {
  const row = (await db.knex('imports').where({ source: key }).first()) as
    | { kind: ImportState['kind']; place: string; counts: string; changed_at: string }
    | undefined;
  if (!row) return null;
  const place = JSON.parse(row.place) as Record<string, unknown>;
  const counts = JSON.parse(row.counts) as Record<string, number>;
  return { source: key, kind: row.kind, place, counts, changedAt: fromDb(row.changed_at) };
}

/** Keeps how far a source was read; to be called in the transaction of the rows. */
export async function saveImport(trx: Knex, state: ImportState): Promise<void> {
  const { source, kind, place, counts, changedAt } = state;
  const texts = { place: JSON.stringify(place), counts: JSON.stringify(counts) };
  await upsertAll(trx, 'imports', 'source', [{ source, kind, ...texts, changed_at: toDb(changedAt) }]);
}

export interface RejectedRow {
  place: string;
  reason: string;
  line: string;
}

/** Keeps what could not be used: one row for one place of a source, however often it is read. */
export async function keepRejected(
  trx: Knex,
  source: string,
  rejected: readonly RejectedRow[],
  at: number,
): Promise<void> {
  const rows = rejected.map(({ place, reason, line }) => ({
    id: createHash('sha1').update(`${source}\n${place}\n${line}`).digest('hex'),
    ...{
      source,
      place: place.slice(0, 255),
      reason: reason.slice(0, 255),
      line: line.slice(0, 8192),
      rejected_at: toDb(at),
    },
  }));
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  await upsertAll(trx, 'rejected_imports', 'id', unique);
}

export interface Imported {
  call: Call;
  /** How many rows of the source it was made of, their digest, and when the last of them began (ms). */
  sourceRows: number;
  digest: string;
  lastAt: number;
  /** It stands already, by an earlier import. */
  again: boolean;
}

/** Writes imported calls with the mark `from`, each under its own id. */
export async function writeImported(trx: Knex, from: string, imported: readonly Imported[]): Promise<void> {
  if (imported.length === 0) return;
  await writeCalls(
    trx,
    imported.map(({ call, again }) => ({ call, members: [call.id, ...call.joined], stands: again ? null : 'nothing' })),
  );
  const ids = imported.map(({ call }) => call.id);
  await trx('cdr_calls').whereIn('call_id', ids).update({ imported_from: from });
  const rows = imported.map(({ call, sourceRows, digest, lastAt }) => ({
    ...{ call_id: call.id, source_rows: sourceRows, digest, last_at: toDb(lastAt) },
  }));
  await upsertAll(trx, 'imported_calls', 'call_id', rows);
}

export interface ImportedBefore {
  sourceRows: number;
  digest: string;
  lastAt: number;
}

/** Which of some calls an import brought already. */
export async function importedBefore(trx: Knex, ids: readonly string[]): Promise<Map<string, ImportedBefore>> {
  const rows = (await trx('imported_calls').whereIn('call_id', ids)) as {
    call_id: string;
    source_rows: number;
    digest: string;
    last_at: string;
  }[];
  return new Map(
    rows.map((row) => [
      row.call_id,
      { sourceRows: Number(row.source_rows), digest: row.digest, lastAt: fromDb(row.last_at) },
    ]),
  );
}

/** Which of some uniqueids and call ids belong to calls that our own hooks recorded: those are never touched. */
export async function recordedByHooks(
  trx: Knex,
  pbx: string,
  { ids, uniqueids }: { ids: readonly string[]; uniqueids: readonly string[] },
): Promise<Set<string>> {
  const done = (await trx('cdr_calls')
    .whereIn('call_id', ids)
    .where({ imported_from: '' })
    .pluck('call_id')) as string[];
  const live = (await trx('rt_calls').whereIn('call_id', ids).pluck('call_id')) as string[];
  const legs = (await trx('cdr_legs').whereIn('uniqueid', uniqueids).where({ pbx }).select('uniqueid', 'call_id')) as {
    uniqueid: string;
    call_id: string;
  }[];
  const hooked = new Set(
    (await trx('cdr_calls')
      .whereIn(
        'call_id',
        legs.map((leg) => leg.call_id),
      )
      .where({ imported_from: '' })
      .pluck('call_id')) as string[],
  );
  const running = (await trx('rt_legs').whereIn('uniqueid', uniqueids).where({ pbx }).pluck('uniqueid')) as string[];
  const recorded = legs.filter((leg) => hooked.has(leg.call_id)).map((leg) => leg.uniqueid);
  return new Set([...done, ...live, ...recorded, ...running]);
}

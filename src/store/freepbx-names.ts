// What FreePBX calls its extensions, queues and numbers, as it was read last.
import type { Knex } from 'knex';
import type { Db } from './database.js';
import { upsertAll } from './insert.js';
import { cut } from './text.js';
import { fromDb, toDb } from './time.js';

export interface FreepbxName {
  pbx: string;
  kind: string;
  number: string;
  name: string;
  /** An extension that some queue may ring. */
  operator: boolean;
  detail: Readonly<Record<string, string>>;
  /** Since when FreePBX has it no more, ms; null while it has. */
  removedAt: number | null;
}

/** How the reading goes; times are ms, null for never and for not. */
export interface FreepbxReading {
  /** What the last good reading added up to. */
  mark: string;
  readAt: number | null;
  failingSince: number | null;
  error: string;
}

interface StoredName {
  pbx: string;
  kind: string;
  number: string;
  name: string;
  detail: string;
  operator: number;
  changed_at: string;
  removed_at: string | null;
}

interface StoredReading {
  pbx: string;
  mark: string;
  read_at: string | null;
  failing_since: string | null;
  error: string;
}

const keyOf = ({ kind, number }: { kind: string; number: string }) => `${kind} ${number}`;

/** Names of a PBX, or of all of them, by kind and number. */
export async function listFreepbxNames(db: Db, pbx?: string): Promise<FreepbxName[]> {
  const query = db.knex('freepbx_names').orderBy(['pbx', 'kind', 'number']);
  if (pbx !== undefined) void query.where({ pbx });
  return ((await query) as StoredName[]).map((row) => ({
    ...{ pbx: row.pbx, kind: row.kind, number: row.number, name: row.name, operator: Boolean(row.operator) },
    detail: JSON.parse(row.detail) as Record<string, string>,
    removedAt: fromDb(row.removed_at),
  }));
}

export interface FreepbxChanges {
  added: number;
  changed: number;
  removed: number;
}

/**
 * Takes over a whole reading: what is new is added, what is gone is marked as removed and keeps its name. Kinds that were not read
 * stay as they are.
 */
export async function saveFreepbxNames(
  db: Db,
  pbx: string,
  reading: { kinds: readonly string[]; items: readonly Omit<FreepbxName, 'pbx' | 'removedAt'>[]; mark: string },
  now: number,
): Promise<FreepbxChanges> {
  return db.knex.transaction(async (trx) => {
    const before = (await trx('freepbx_names').where({ pbx })) as StoredName[];
    const old = new Map(before.map((row) => [keyOf(row), row]));
    const rows = reading.items.map((item) => storedOf(pbx, item, now));
    const fresh = rows.filter((row) => isNews(row, old.get(keyOf(row))));
    await upsertAll(
      trx,
      'freepbx_names',
      ['pbx', 'kind', 'number'],
      fresh.map((row) => ({ ...row })),
    );
    const here = new Set(rows.map(keyOf));
    const gone = before.filter(
      (row) => reading.kinds.includes(row.kind) && row.removed_at === null && !here.has(keyOf(row)),
    );
    for (const { kind, number } of gone)
      await trx('freepbx_names')
        .where({ pbx, kind, number })
        .update({ removed_at: toDb(now) });
    await saveReading(trx, { pbx, mark: reading.mark, read_at: toDb(now), failing_since: null, error: '' });
    const added = fresh.filter((row) => !old.has(keyOf(row))).length;
    return { added, changed: fresh.length - added, removed: gone.length };
  });
}

/** FreePBX was asked and has nothing new. */
export async function touchFreepbxReading(db: Db, pbx: string, now: number): Promise<void> {
  await db
    .knex('freepbx_reads')
    .where({ pbx })
    .update({ read_at: toDb(now), failing_since: null, error: '' });
}

/** FreePBX could not be read; what was read last stays. */
export async function failFreepbxReading(db: Db, pbx: string, since: number, error: string): Promise<void> {
  const before = (await db.knex('freepbx_reads').where({ pbx }).first()) as StoredReading | undefined;
  await saveReading(db.knex, {
    ...{ pbx, mark: before?.mark ?? '', read_at: before?.read_at ?? null },
    ...{ failing_since: toDb(since), error: cut(error, 255) },
  });
}

/** How the reading of a PBX goes; null when it was never tried. */
export async function findFreepbxReading(db: Db, pbx: string): Promise<FreepbxReading | null> {
  const row = (await db.knex('freepbx_reads').where({ pbx }).first()) as StoredReading | undefined;
  if (!row) return null;
  const [readAt, failingSince] = [fromDb(row.read_at), fromDb(row.failing_since)];
  return { mark: row.mark, readAt, failingSince, error: row.error };
}

const saveReading = (trx: Knex, row: StoredReading): Promise<void> =>
  upsertAll(trx, 'freepbx_reads', 'pbx', [{ ...row }]);

const storedOf = (pbx: string, item: Omit<FreepbxName, 'pbx' | 'removedAt'>, now: number): StoredName => ({
  ...{ pbx, kind: item.kind, number: cut(item.number, 80), name: cut(item.name, 255) },
  ...{ detail: JSON.stringify(item.detail), operator: item.operator ? 1 : 0, changed_at: toDb(now), removed_at: null },
});

const isNews = (row: StoredName, old: StoredName | undefined): boolean =>
  old === undefined ||
  old.removed_at !== null ||
  old.name !== row.name ||
  old.detail !== row.detail ||
  Boolean(old.operator) !== Boolean(row.operator);

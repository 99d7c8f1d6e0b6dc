// Many rows in few statements: 500 rows a statement is where MySQL gains no more, and SQLite allows 32,766 values in one.
import type { Knex } from 'knex';

const ROWS = 500;
const VALUES = 30_000;

/** Inserts all rows into a table. Nothing happens for none. */
export async function insertAll(trx: Knex, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  for (const part of parts(rows)) await trx(table).insert(part);
}

/** Inserts all rows; a row whose key is there already is overwritten. */
export async function upsertAll(
  trx: Knex,
  table: string,
  key: string | string[],
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  for (const part of parts(rows)) {
    await trx(table)
      .insert(part)
      .onConflict(key as string[])
      .merge();
  }
}

function* parts(rows: readonly Record<string, unknown>[]): Generator<Record<string, unknown>[]> {
  const columns = Math.max(1, Object.keys(rows[0] ?? {}).length);
  const size = Math.min(ROWS, Math.floor(VALUES / columns));
  for (let i = 0; i < rows.length; i += size) yield rows.slice(i, i + size);
}

// Reading tables of others: Asterisk's cdr, cel and queue_log in a database that is not ours. Nothing is ever written there.
import type { Db } from './database.js';

export interface ForeignTable {
  name: string;
  /** Column names in small letters, and their types as the database calls them. */
  columns: Map<string, string>;
  /** The database's own estimate; exact counts read the whole table. */
  rows: number;
  /** First columns of its keys, in small letters. */
  indexed: Set<string>;
}

type Row = Record<string, unknown>;

/** What a table is made of; null when there is none of that name. */
export async function describeTable(db: Db, name: string): Promise<ForeignTable | null> {
  const schema = 'information_schema';
  const where = (alias: string) => `${alias}.table_schema = DATABASE() AND ${alias}.table_name = ?`;
  const columns = await raw(
    db,
    `SELECT column_name AS c, data_type AS t FROM ${schema}.columns x WHERE ${where('x')}`,
    [name],
  );
  if (columns.length === 0) return null;
  const [size] = await raw(db, `SELECT table_rows AS n FROM ${schema}.tables x WHERE ${where('x')}`, [name]);
  const keys = await raw(
    db,
    `SELECT column_name AS c FROM ${schema}.statistics x WHERE ${where('x')} AND seq_in_index = 1`,
    [name],
  );
  const small = (value: unknown) => String(value).toLowerCase();
  return {
    name,
    columns: new Map(columns.map((row) => [small(row['c']), small(row['t'])])),
    rows: Number(size?.['n'] ?? 0),
    indexed: new Set(keys.map((row) => small(row['c']))),
  };
}

async function raw(db: Db, sql: string, values: readonly string[]): Promise<Row[]> {
  const [rows] = (await db.knex.raw(sql, values as string[])) as [Row[]];
  return rows;
}

/** The next rows from `from` on (inclusive; null: from the beginning) and before `until`, in the order of one column. */
export async function pageBy(
  db: Db,
  table: ForeignTable,
  column: string,
  range: { from: string | null; until: string | null; limit: number; columns?: readonly string[] },
): Promise<Row[]> {
  const query = db.knex(table.name).select(present(table, range.columns)).orderBy(column).limit(range.limit);
  if (range.from !== null) void query.where(column, '>=', range.from);
  if (range.until !== null) void query.where(column, '<', range.until);
  return (await query) as Row[];
}

/** All rows whose column has one of some values. */
export async function rowsWhere(
  db: Db,
  table: ForeignTable,
  column: string,
  values: readonly string[],
  columns?: readonly string[],
): Promise<Row[]> {
  if (values.length === 0) return [];
  return (await db
    .knex(table.name)
    .select(present(table, columns))
    .whereIn(column, [...values])) as Row[];
}

/** The wanted columns that are there, under their names in small letters; all without a wish. */
const present = (table: ForeignTable, wanted?: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    [...table.columns.keys()].filter((name) => wanted?.includes(name) ?? true).map((name) => [name, name]),
  );

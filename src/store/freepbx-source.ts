// Reading the tables in which FreePBX keeps its configuration. Its database is not ours: nothing is ever written there, and only
// the columns named here are asked for, so that a user with rights on just these is enough.
import type { Db } from './database.js';

/** The same names in FreePBX 15, 16 and 17. What holds a password is not among them. */
export const FREEPBX_COLUMNS = {
  users: ['extension', 'name'],
  devices: ['id', 'tech', 'user', 'description'],
  queues_config: ['extension', 'descr'],
  queues_details: ['id', 'keyword', 'data', 'flags'],
  incoming: ['cidnum', 'extension', 'destination', 'description'],
  trunks: ['trunkid', 'name', 'tech', 'channelid', 'disabled'],
  outbound_routes: ['route_id', 'name'],
  outbound_route_sequence: ['route_id', 'seq'],
  outbound_route_trunks: ['route_id', 'trunk_id', 'seq'],
  ringgroups: ['grpnum', 'description', 'strategy', 'grplist'],
} as const;

export type FreepbxTable = keyof typeof FREEPBX_COLUMNS;
export type FreepbxRow = Readonly<Record<string, string>>;
/** Rows by table. A table that is not there, or of which a column may not be read, is not in it. */
export type FreepbxRows = ReadonlyMap<FreepbxTable, readonly FreepbxRow[]>;

const TABLES = Object.keys(FREEPBX_COLUMNS) as FreepbxTable[];
/** More rows than a FreePBX of a call centre has; a bound for what is none. */
const MOST = 50_000;

type Cells = Record<string, unknown>;

async function raw(db: Db, sql: string, values: readonly string[] = []): Promise<Cells[]> {
  const [rows] = (await db.knex.raw(sql, values as string[])) as [Cells[]];
  return rows;
}

/** The tables whose columns this user may read, all of them. */
export async function readableTables(db: Db): Promise<FreepbxTable[]> {
  const marks = TABLES.map(() => '?').join(', ');
  const rows = await raw(
    db,
    `SELECT table_name AS t, column_name AS c FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name IN (${marks})`,
    TABLES,
  );
  const seen = new Set(rows.map((row) => `${String(row['t'])}.${String(row['c']).toLowerCase()}`));
  return TABLES.filter((table) => FREEPBX_COLUMNS[table].every((column) => seen.has(`${table}.${column}`)));
}

/**
 * What the tables add up to: the same while nothing has changed. One statement that sends a handful of numbers. CHECKSUM TABLE
 * would ask for rights on the whole table, with its passwords; update_time of information_schema is empty after a restart.
 */
export async function freepbxMark(db: Db, tables: readonly FreepbxTable[]): Promise<string> {
  if (tables.length === 0) return '';
  const one = (table: FreepbxTable) => {
    const cells = FREEPBX_COLUMNS[table].map((column) => `COALESCE(\`${column}\`, '')`).join(', ');
    return `SELECT COUNT(*) AS n, COALESCE(SUM(CRC32(CONCAT_WS('\\0', ${cells}))), 0) AS s FROM \`${table}\``;
  };
  const rows = await raw(db, tables.map(one).join(' UNION ALL '));
  return tables.map((table, i) => `${table.slice(0, 1)}${rows[i]?.['n']}:${rows[i]?.['s']}`).join(' ');
}

/** Reads the tables, every cell as text. */
export async function freepbxRows(db: Db, tables: readonly FreepbxTable[]): Promise<FreepbxRows> {
  const read = new Map<FreepbxTable, FreepbxRow[]>();
  for (const table of tables) {
    const names = FREEPBX_COLUMNS[table].map((column) => `\`${column}\``).join(', ');
    const rows = await raw(db, `SELECT ${names} FROM \`${table}\` LIMIT ${MOST}`);
    read.set(
      table,
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, String(cell ?? '')]))),
    );
  }
  return read;
}

/** Rights of this user by which more could be done than to read, as SHOW GRANTS names them; empty when all is well. */
export async function writingRights(db: Db): Promise<string[]> {
  const rows = await raw(db, 'SHOW GRANTS');
  const harmless = new Set(['SELECT', 'USAGE', 'SHOW VIEW']);
  const given = rows.flatMap((row) => {
    const [, rights = ''] = /^GRANT (.*?) ON /.exec(String(Object.values(row)[0])) ?? [];
    return rights.replace(/\([^)]*\)/g, '').split(',');
  });
  return [...new Set(given.map((right) => right.trim()).filter((right) => right !== '' && !harmless.has(right)))];
}

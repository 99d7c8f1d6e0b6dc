// Questions to the database about itself.
import type { Db } from './database.js';
import { fromDb } from './time.js';

/** Its name and version, such as `MariaDB 10.11.6`; a real question, so it also proves that the database answers. */
export async function productOf(db: Db): Promise<string> {
  if (db.dialect === 'sqlite') {
    const [row] = (await db.knex.raw('SELECT sqlite_version() AS version')) as { version: string }[];
    return `SQLite ${row?.version ?? ''}`;
  }
  const [rows] = (await db.knex.raw('SELECT VERSION() AS version')) as [{ version: string }[]];
  const version = rows[0]?.version ?? '';
  return /mariadb/i.test(version) ? `MariaDB ${version.split('-')[0]}` : `MySQL ${version}`;
}

/** Whether our tables can be read now; a question that costs next to nothing. Rejects when the database does not answer. */
export async function tablesAnswer(db: Db): Promise<boolean> {
  await db.knex('journals').select('server').limit(1);
  return true;
}

/** Its clock, ms since the epoch; null for an embedded one, which has this host's. */
export async function clockOf(db: Db): Promise<number | null> {
  if (db.dialect === 'sqlite') return null;
  const [rows] = (await db.knex.raw('SELECT UTC_TIMESTAMP(3) AS now')) as [{ now: string }[]];
  return rows[0] ? fromDb(rows[0].now) : null;
}

// A copy of an embedded database while others write it.
import type { Db } from './database.js';

/** Writes the database of this moment into a new file, which must not exist. Throws for a database that is not embedded. */
export async function copySqlite(db: Db, file: string): Promise<void> {
  if (db.dialect !== 'sqlite') throw new TypeError('only an embedded database is copied this way');
  await db.knex.raw('VACUUM INTO ?', [file]);
}

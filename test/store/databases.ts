// One body of tests for both databases: a real MariaDB and a real SQLite file, each test on tables of its own.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { endSharedMariaDb, sharedMariaDb } from '../../scripts/lab/mariadb.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';

export const MIGRATIONS = fileURLToPath(new URL('../../sql/migrations', import.meta.url));
export const DIALECTS = ['sqlite', 'mysql'] as const;

export interface TestDb {
  db: Db;
  url: string;
  remove(): Promise<void>;
}

/** An empty database of the dialect, migrated unless `bare`. */
export async function emptyDatabase(dialect: (typeof DIALECTS)[number], bare = false): Promise<TestDb> {
  const made = dialect === 'sqlite' ? sqliteDatabase() : await mysqlDatabase();
  if (!bare) await migrate(made.db, MIGRATIONS);
  return made;
}

function sqliteDatabase(): TestDb {
  const folder = temporaryFolder('sqlite');
  const url = `sqlite:${join(folder, 'test.sqlite')}`;
  const db = openDatabase(url);
  return {
    db,
    url,
    remove: async () => {
      await db.close();
      removeFolder(folder);
    },
  };
}

async function mysqlDatabase(): Promise<TestDb> {
  const url = await (await sharedMariaDb()).createDatabase();
  const db = openDatabase(url);
  return { db, url, remove: () => db.close() };
}

after(() => endSharedMariaDb());

// Migrations: numbered SQL files in sql/migrations, one text for both dialects, run by knex's migrator. Append only.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { Db } from './database.js';

/** What the words in braces of a migration stand for. Ids compare byte by byte; words and texts without case. */
const TYPES: Record<Db['dialect'], Record<string, string>> = {
  mysql: {
    seq: 'BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY',
    id: 'VARCHAR(190) CHARACTER SET ascii COLLATE ascii_bin',
    word: 'VARCHAR(80)',
    text: 'VARCHAR(255)',
    long: 'TEXT',
    at: 'DATETIME(3)',
    ms: 'BIGINT',
    flag: 'TINYINT(1)',
    options: 'ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
  },
  sqlite: {
    seq: 'INTEGER PRIMARY KEY AUTOINCREMENT',
    id: 'TEXT',
    word: 'TEXT COLLATE NOCASE',
    text: 'TEXT COLLATE NOCASE',
    long: 'TEXT',
    at: 'TEXT',
    ms: 'INTEGER',
    flag: 'INTEGER',
    options: '',
  },
};

/** Turns a migration's text into the statements of one dialect. Throws on an unknown word in braces. */
export function statementsOf(sql: string, dialect: Db['dialect']): string[] {
  return sql
    .replace(/^\s*--.*$/gm, '')
    .replace(/\{(\w+)\}/g, (_, word: string) => {
      const type = TYPES[dialect][word];
      if (type === undefined) throw new Error(`A migration uses {${word}}, which stands for nothing`);
      return type;
    })
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function source(db: Db, folder: string): Knex.MigrationSource<string> {
  return {
    getMigrations: () =>
      Promise.resolve(
        readdirSync(folder)
          .filter((name) => /^\d{4}-.*\.sql$/.test(name))
          .sort(),
      ),
    getMigrationName: (name) => name,
    getMigration: (name) =>
      Promise.resolve({
        up: async (trx: Knex) => {
          for (const statement of statementsOf(readFileSync(join(folder, name), 'utf8'), db.dialect))
            await trx.raw(statement);
        },
        down: () => Promise.reject(new Error(`${name} can't be taken back; restore a backup instead`)),
      }),
  };
}

const SETTINGS = { tableName: 'migrations', disableMigrationsListValidation: false };

/** Brings the tables up to date and returns the names of the migrations that ran. Two servers may start at once: knex locks. */
export async function migrate(db: Db, folder: string): Promise<string[]> {
  const [, ran] = (await db.knex.migrate.latest({ ...SETTINGS, migrationSource: source(db, folder) })) as [
    number,
    string[],
  ];
  return ran;
}

/** Names of the migrations that have not run on this database. */
export async function pendingMigrations(db: Db, folder: string): Promise<string[]> {
  const [, pending] = (await db.knex.migrate.list({ ...SETTINGS, migrationSource: source(db, folder) })) as [
    unknown[],
    (string | { name: string; file?: string })[],
  ];
  return pending.map((m) => (typeof m === 'string' ? m : (m.file ?? m.name)));
}

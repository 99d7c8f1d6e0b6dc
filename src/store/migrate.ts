// Migrations: numbered SQL files in sql/migrations, one text for both dialects, run by knex's migrator. Append only.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { Db } from './database.js';
import { inTurn } from './migrate-turn.js';

/** What the words in braces of a migration stand for. Ids, links (a word and an id) and names (words that are part of
 * a key: Asterisk tells `Bob` from `bob`) compare byte by byte; words and texts without case. */
const TYPES: Record<Db['dialect'], Record<string, string>> = {
  mysql: {
    seq: 'BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY',
    id: 'VARCHAR(190) CHARACTER SET ascii COLLATE ascii_bin',
    link: 'VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin',
    word: 'VARCHAR(80)',
    name: 'VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
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
    link: 'TEXT',
    word: 'TEXT COLLATE NOCASE',
    name: 'TEXT',
    text: 'TEXT COLLATE NOCASE',
    long: 'TEXT',
    at: 'TEXT',
    ms: 'INTEGER',
    flag: 'INTEGER',
    options: '',
  },
};

/** What the views say in the words of a dialect. MySQL reads a calldate in the time zone of the session, SQLite in that of the process. */
const EXPRESSIONS: Record<Db['dialect'], Record<string, string>> = {
  mysql: {
    // MySQL before 9.1 knows no IF NOT EXISTS here; error 1050 is passed over below.
    make_view: 'CREATE VIEW',
    calldate:
      "FROM_UNIXTIME(TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', CASE WHEN t.n > 0 THEN t.started_at ELSE c.started_at END))",
    clid: "CONCAT('\"', c.caller_name, '\" <', c.caller_number, '>')",
    ms_to_talk: 'TIMESTAMPDIFF(MICROSECOND, c.started_at, t.started_at) DIV 1000',
    ms_of_talk: 'TIMESTAMPDIFF(MICROSECOND, t.started_at, COALESCE(t.ended_at, t.started_at)) DIV 1000',
    div: 'DIV',
  },
  sqlite: {
    make_view: 'CREATE VIEW IF NOT EXISTS',
    calldate: "datetime(CASE WHEN t.n > 0 THEN t.started_at ELSE c.started_at END, 'localtime')",
    clid: `'"' || c.caller_name || '" <' || c.caller_number || '>'`,
    ms_to_talk: 'CAST(ROUND((julianday(t.started_at) - julianday(c.started_at)) * 86400000) AS INTEGER)',
    ms_of_talk:
      'CAST(ROUND((julianday(COALESCE(t.ended_at, t.started_at)) - julianday(t.started_at)) * 86400000) AS INTEGER)',
    div: '/',
  },
};

/** Turns a migration's text into the statements of one dialect. Throws on an unknown word in braces. */
export function statementsOf(sql: string, dialect: Db['dialect']): string[] {
  return sql
    .replace(/^\s*--.*$/gm, '')
    .replace(/\{(\w+)\}/g, (_, word: string) => {
      const type = TYPES[dialect][word] ?? EXPRESSIONS[dialect][word];
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
            await trx.raw(statement).catch(unlessThere);
        },
        down: () => Promise.reject(new Error(`${name} can't be taken back; restore a backup instead`)),
      }),
  };
}

const SETTINGS = { tableName: 'migrations', disableMigrationsListValidation: false };

/** MySQL: table exists, column exists, key exists, nothing there to drop. Its DDL knows no transaction, so a migration that was cut short is repeated. */
const THERE = new Set([1050, 1060, 1061, 1091]);
function unlessThere(error: { errno?: number }): void {
  if (error.errno === undefined || !THERE.has(error.errno)) throw error;
}

/** Brings the tables up to date and returns the names of the migrations that ran. Two servers may start at once: one waits. */
export async function migrate(db: Db, folder: string): Promise<string[]> {
  const config = { ...SETTINGS, migrationSource: source(db, folder) };
  return inTurn(db, async () => {
    // knex's own lock is a row, which a killed process leaves behind for ever. Whose turn it is knows that nobody else
    // migrates, and may take away what a dead one left.
    if (db.dialect === 'mysql') await db.knex.migrate.forceFreeMigrationsLock(config);
    const [, ran] = (await db.knex.migrate.latest(config)) as [number, string[]];
    return ran;
  });
}

/** Names of the migrations that have not run on this database. */
export async function pendingMigrations(db: Db, folder: string): Promise<string[]> {
  const [, pending] = (await db.knex.migrate.list({ ...SETTINGS, migrationSource: source(db, folder) })) as [
    unknown[],
    (string | { name: string; file?: string })[],
  ];
  return pending.map((m) => (typeof m === 'string' ? m : (m.file ?? m.name)));
}

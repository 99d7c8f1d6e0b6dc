// The imports as the command line asks for them: opens both databases, and closes them again.
import type { Deps } from '../cli/deps.js';
import { Failure } from '../cli/failure.js';
import type { Config } from '../config/options.js';
import { type CdrSource, fileSource, ImportFault, tableSource } from '../imports/cdr-source.js';
import { importCdr } from '../imports/import-cdr.js';
import { importQueueLog } from '../imports/import-queue-log.js';
import { queueFiles, queueTable } from '../imports/queue-source.js';
import { clockOf } from '../imports/zone.js';
import { type Db, openDatabase } from '../store/database.js';
import { migrate } from '../store/migrate.js';
import { MIGRATIONS } from './tables.js';

/** A piece of a table without an index may take this long, ms. */
const LONG_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
const isDatabase = (from: string) => /^(mysql|mariadb):\/\//.test(from);

export const runImportCdr: Deps['importCdr'] = (config, asked) =>
  withTables(config, async (db) => {
    const timeZone = asked.timeZone ?? config.timeZone;
    const clock = clockOf(timeZone);
    const midnight = (date: string | null) => (date === null ? null : (clock(`${date} 00:00:00`)?.at ?? null));
    const { since, until } = { since: midnight(asked.since), until: midnight(asked.until) };
    // A call that began before `until` may have rows until a day later.
    const beyond =
      asked.until === null ? null : `${new Date(Date.parse(asked.until) + DAY_MS).toISOString().slice(0, 10)} 00:00:00`;
    const ask = async (source: CdrSource) => {
      for (const text of source.notes) asked.note(text);
      const counts = await importCdr(db, {
        ...{
          source,
          timeZone,
          since,
          until,
          pbx: asked.pbx ?? config.pbx,
          operators: asked.operators,
          batch: asked.batch,
        },
        ...{ dryRun: asked.dryRun, signal: asked.signal, now: Date.now },
        progress: ({ rows }, done) => asked.progress(rows, done, source.size),
      });
      return { counts, name: source.name, notes: [] };
    };
    if (!isDatabase(asked.from)) return ask(fileSource(asked.from, asked.columns, asked.cel));
    return withSource(asked.from, async (foreign) =>
      ask(await tableSource(foreign, { table: asked.table, cel: asked.cel, since: asked.since, until: beyond })),
    );
  });

export const runImportQueueLog: Deps['importQueueLog'] = (config, asked) =>
  withTables(config, async (db) => {
    const ask = async (source: ReturnType<typeof queueFiles>) => {
      for (const text of source.notes) asked.note(text);
      const counts = await importQueueLog(db, {
        ...{ source, pbx: asked.pbx ?? config.pbx, dryRun: asked.dryRun, signal: asked.signal, now: Date.now },
        progress: ({ lines }, done) => asked.progress(lines, done, source.size),
      });
      return { counts, name: source.name };
    };
    if (!isDatabase(asked.from)) return ask(queueFiles(asked.from));
    return withSource(asked.from, async (foreign) =>
      ask(await queueTable(foreign, asked.table, asked.timeZone ?? config.timeZone)),
    );
  });

async function withTables<T>(config: Config, act: (db: Db) => Promise<T>): Promise<T> {
  const db = openDatabase(config.databaseUrl, { queryTimeoutMs: LONG_MS });
  try {
    await migrate(db, MIGRATIONS);
    return await plain(act(db));
  } finally {
    await db.close();
  }
}

async function withSource<T>(url: string, act: (db: Db) => Promise<T>): Promise<T> {
  const db = openDatabase(url, { queryTimeoutMs: LONG_MS, poolMax: 2 });
  try {
    return await plain(act(db), db.where);
  } finally {
    await db.close();
  }
}

/** Faults of a source are plain already; a database's word gets the place it came from. */
async function plain<T>(work: Promise<T>, where = ''): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ImportFault) throw new Failure(error.message);
    const code = String((error as NodeJS.ErrnoException).code ?? '');
    if (where !== '' && (code === 'ER_ACCESS_DENIED_ERROR' || code === 'ER_DBACCESS_DENIED_ERROR'))
      throw new Failure(
        `${where} refuses user or password: look at --from and DIALHOOK_IMPORT_PASSWORD; the user needs SELECT, no more.`,
      );
    if (where !== '' && code === 'ER_BAD_DB_ERROR') throw new Failure(`there is no ${where}: look at --from.`);
    if (where !== '' && code === 'ECONNREFUSED') throw new Failure(`nobody answers at ${where}: look at --from.`);
    throw error;
  }
}

// The only room that knows knex. One Db for both dialects; every query has a deadline, because mysql2 and knex
// wait for ever for a database that has stopped answering.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import knex, { type Knex } from 'knex';

const require = createRequire(import.meta.url);

export interface Db {
  knex: Knex;
  dialect: 'mysql' | 'sqlite';
  /** Where the data is, without user and password; for messages. */
  where: string;
  close(): Promise<void>;
}

/** A transaction, or the database itself: what the functions of this room write through. */
export type Tx = Knex;

export interface DatabaseOptions {
  /** Deadline of one query, ms. */
  queryTimeoutMs?: number;
  /** Deadline of a connection attempt and of waiting for a free connection, ms. */
  connectTimeoutMs?: number;
  /** Connections at most (MySQL). */
  poolMax?: number;
  /** Where knex's own remarks go; silence by default, since every error reaches the caller too. */
  warn?: (message: string) => void;
}

const DEFAULTS = { queryTimeoutMs: 5000, connectTimeoutMs: 5000, poolMax: 6 };

/**
 * Opens `sqlite:/path/file` or `mysql://user:password@host:port/name[?socket=/path]`. Nothing is connected yet:
 * the first query is. Throws on an address that is neither.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Db {
  const settings = { ...DEFAULTS, ...options };
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length), settings);
  if (/^(mysql|mariadb):\/\//.test(url)) return openMysql(new URL(url), settings);
  throw new Error('The database address must begin with sqlite: or mysql://');
}

type Settings = Required<Omit<DatabaseOptions, 'warn'>> & Pick<DatabaseOptions, 'warn'>;

const logOf = (warn: Settings['warn']) => {
  const tell = (message: unknown) => warn?.(typeof message === 'string' ? message : String(message));
  return { warn: tell, error: tell, deprecate: tell, debug: () => undefined };
};

function openSqlite(path: string, settings: Settings): Db {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  // knex knows better-sqlite3; libsql speaks the same interface and brings its binary in its package.
  const Base = require('knex/lib/dialects/better-sqlite3/index.js') as new (config: Knex.Config) => Knex.Client;
  class Libsql extends Base {
    _driver(): unknown {
      return require('libsql');
    }
  }
  const instance = knex({
    client: Libsql as unknown as typeof Knex.Client,
    connection: { filename: path },
    useNullAsDefault: true,
    log: logOf(settings.warn),
    // An error's text would hold every number and name of the query.
    compileSqlOnError: false,
    acquireConnectionTimeout: settings.connectTimeoutMs,
    // One connection: SQLite has one writer, and a second would only meet its lock.
    pool: {
      min: 1,
      max: 1,
      afterCreate: (connection: { pragma(text: string): unknown }, done: (error: Error | null) => void) => {
        connection.pragma('journal_mode = WAL');
        // With the journal before it a lost tail is applied again: NORMAL is enough.
        connection.pragma('synchronous = NORMAL');
        connection.pragma('busy_timeout = 5000');
        done(null);
      },
    },
  });
  return { knex: instance, dialect: 'sqlite', where: `SQLite file ${path}`, close: () => instance.destroy() };
}

interface MysqlConnection {
  query(sql: string, done: (error: Error | null) => void): void;
  destroy(): void;
}

function openMysql(url: URL, settings: Settings): Db {
  const Base = require('knex/lib/dialects/mysql2/index.js') as new (
    config: Knex.Config,
  ) => Knex.Client & {
    _query(connection: MysqlConnection, query: { options?: object }): Promise<unknown>;
  };
  class Mysql extends Base {
    override async _query(connection: MysqlConnection, query: { options?: object }): Promise<unknown> {
      query.options = { timeout: settings.queryTimeoutMs, ...query.options };
      try {
        return await super._query(connection, query);
      } catch (error) {
        delete (error as { sql?: string }).sql;
        // After a timeout the answer may still come: the connection would hand it to the next query.
        if ((error as { code?: string }).code === 'PROTOCOL_SEQUENCE_TIMEOUT') connection.destroy();
        throw error;
      }
    }
  }
  const socketPath = url.searchParams.get('socket');
  const port = url.port ? Number(url.port) : 3306;
  const instance = knex({
    client: Mysql as unknown as typeof Knex.Client,
    connection: {
      ...(socketPath ? { socketPath } : { host: url.hostname, port }),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: url.pathname.slice(1),
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: true,
      supportBigNumbers: true,
      connectTimeout: settings.connectTimeoutMs,
    },
    log: logOf(settings.warn),
    // An error's text would hold every number and name of the query.
    compileSqlOnError: false,
    acquireConnectionTimeout: settings.connectTimeoutMs,
    pool: {
      min: 0,
      max: settings.poolMax,
      afterCreate: (connection: MysqlConnection, done: (error: Error | null) => void) => {
        connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', (error) =>
          error ? done(error) : connection.query(SESSION, done),
        );
      },
    },
  });
  const place = socketPath ?? `${url.hostname}:${port}`;
  return {
    knex: instance,
    dialect: 'mysql',
    where: `MySQL database ${url.pathname.slice(1)} at ${place}`,
    close: () => instance.destroy(),
  };
}

// READ COMMITTED: nothing here needs more, and it takes no gap locks. Strict mode: a value is never cut in silence.
const SESSION =
  "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 5";

/** MySQL's errors that speak of the data itself: too long, out of range, wrong characters, null where none may be. */
const DATA_ERRORS = new Set([1048, 1264, 1265, 1292, 1300, 1366, 1406, 3140]);

/**
 * True when the database, or our own code, will refuse this data however often it is offered. Everything else (away,
 * restarting, not migrated yet, disk full, a deadlock) may pass: then one waits and tries again, and loses nothing.
 */
export function isRefusal(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  const { errno, code = '' } = error as { errno?: number; code?: string };
  return (errno !== undefined && DATA_ERRORS.has(errno)) || /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(code);
}

/** True when a transaction met another one: 1213 deadlock, 1205 waited too long for a lock. Nothing was done; it may be tried again. */
export function isCollision(error: unknown): boolean {
  const { errno } = error as { errno?: number };
  return errno === 1213 || errno === 1205;
}

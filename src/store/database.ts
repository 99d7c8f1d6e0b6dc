// The only room that knows knex. One Db for both dialects; every query has a deadline, because mysql2 and knex
// wait for ever for a database that has stopped answering.
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { serversOf } from '../config/database-url.js';
import { openMysql } from './mysql.js';
import type { NodeNow } from './nodes.js';

const require = createRequire(import.meta.url);

export interface Db {
  knex: Knex;
  dialect: 'mysql' | 'sqlite';
  /** Where the data is, without user and password; for messages. */
  readonly where: string;
  /** Which of the address's servers is used; null for an embedded database. */
  node(): NodeNow | null;
  close(): Promise<void>;
}

/** An option of a query: the text that goes to the database instead of its sql, with all values written into it by the driver. */
export interface SentAs {
  text?: string;
}

/** Whether statements may be sent as one text (SentAs): not to SQLite, which has no client that writes values into it. */
export const writesText = (trx: Knex): boolean => (trx.client as { driverName?: string }).driverName === 'mysql2';

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
 * Opens `sqlite:/path/file` or `mysql://user:password@host:port[,host:port…]/name[?socket=/path]`. Nothing is connected yet:
 * the first query is. Throws on an address that is neither.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Db {
  const { warn, ...given } = options;
  const settings = { ...DEFAULTS, ...given, log: logOf(warn) };
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length), settings);
  const servers = serversOf(url);
  if (servers.length > 0) return openMysql(servers, settings);
  throw new Error('The database address must begin with sqlite: or mysql://');
}

export type Settings = Required<Omit<DatabaseOptions, 'warn'>> & { log: Knex.Logger };

const logOf = (warn: DatabaseOptions['warn']): Knex.Logger => {
  const tell = (message: unknown) => warn?.(typeof message === 'string' ? message : String(message));
  return { warn: tell, error: tell, deprecate: tell, debug: () => undefined };
};

/** SQLite makes its file by the umask, and gives its -wal and -shm the rights of the file. */
function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

function openSqlite(path: string, settings: Settings): Db {
  if (path !== ':memory:') makePrivate(path);
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
    log: settings.log,
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
  return {
    knex: instance,
    dialect: 'sqlite',
    where: `SQLite file ${path}`,
    node: () => null,
    close: () => instance.destroy(),
  };
}

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

/** How often a transaction that met another one is begun again. */
const TRIES = 20;

/**
 * Runs `act` in a transaction, and again when it met another one: on a cluster any COMMIT may say so, whatever rows were locked.
 * So `act` must do nothing outside of it that can't be done twice.
 */
export async function transact<T>(db: Db, act: (trx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.knex.transaction(act);
    } catch (error) {
      if (tries >= TRIES || !isCollision(error)) throw error;
      await backOff(tries);
    }
  }
}

/** Two that meet again and again, each on a node of its own, are drawn apart; the first try comes at once. */
export const backOff = (tries: number): Promise<void> =>
  tries === 1 ? Promise.resolve() : sleep(Math.random() * Math.min(100, 5 * tries));

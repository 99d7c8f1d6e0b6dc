// What the commands are made of: each opens what it needs and closes it again.
import { setTimeout as sleep } from 'node:timers/promises';
import { hashPassword } from '../auth/password.js';
import type { Clients, Deps, Tokens, Users } from '../cli/deps.js';
import type { Config } from '../config/options.js';
import type { Log } from '../log/log.js';
import { rebuild } from '../record/rebuild.js';
import { listClients, removeClient, saveClients } from '../store/clients.js';
import { type Db, openDatabase } from '../store/database.js';
import { migrate, pendingMigrations } from '../store/migrate.js';
import { deleteSessionsOfUser } from '../store/sessions.js';
import { createUser, findUserByLogin, listUsers, removeUser, type UserRow, updateUser } from '../store/users.js';
import { noteCommand, tokensIn } from './access.js';
import { type Notify, notifyOf, watchdogOf } from './notify.js';
import { serve } from './serve.js';
import { MIGRATIONS } from './tables.js';
import { startWatchdog } from './watchdog.js';

/** How long the start waits for the tables before it says that it is ready without them, ms. */
const TABLES_MS = 5000;
/** A rebuild and a migration may take longer than a page may wait, ms. */
const LONG_MS = 10 * 60_000;

/** Runs the server until `signal`, and says on one line where it listens. */
export async function runServer(
  config: Config,
  context: { log: Log; tell: (text: string) => void; signal: AbortSignal },
): Promise<void> {
  const { log, tell, signal } = context;
  const server = await serve(config, log, tell, signal);
  const at = (place: { host: string; port: number } | null, scheme: string) =>
    place ? `${scheme}${place.host}:${place.port}` : 'off';
  // Ready means that one can log in, too; a database that is away is said, but not waited for.
  await Promise.race([
    server.tables.catch(() => false),
    sleep(TABLES_MS, undefined, { signal }).catch(() => undefined),
  ]);
  const notify = notifyOf(process.env);
  const word = async (...words: string[]) =>
    notify?.(...words).catch((err: unknown) => log.warn({ err }, 'systemd could not be told'));
  const unwatch = notify && !server.agi ? watchAlone(notify, log) : () => undefined;
  if (!signal.aborted) {
    tell(`dialhook ready agi=${at(server.agi, '')} web=${at(server.web, 'http://')}`);
    await word('READY=1', `STATUS=answers Asterisk at ${at(server.agi, '')}, pages at ${at(server.web, 'http://')}`);
  }
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  log.info({}, 'stopping: what is under way is finished first');
  await word('STOPPING=1');
  await server.stop();
  unwatch();
}

/** A server of pages only has no thread of the door that would speak for it. */
function watchAlone(notify: Notify, log: Log): () => void {
  const limitMs = watchdogOf(process.env, process.pid);
  if (limitMs === 0) return () => undefined;
  const watchdog = startWatchdog({ notify, limitMs, log: log.child({ room: 'watchdog' }) });
  const timer = setInterval(watchdog.mainIsAlive, 1000);
  return () => {
    clearInterval(timer);
    watchdog.stop();
  };
}

export async function runMigrations(config: Config, { dryRun }: { dryRun: boolean }): Promise<string[]> {
  return withDatabase(config, LONG_MS, (db) => (dryRun ? pendingMigrations(db, MIGRATIONS) : migrate(db, MIGRATIONS)));
}

export const runRebuild: Deps['rebuild'] = (config, options) =>
  withDatabase(config, LONG_MS, (db) => rebuild(db, options));

/** The users of the configured database, whose tables are made when they are not there yet. */
export async function usersOf(config: Config): Promise<Users> {
  const db = await ready(config);
  const change = async (login: string, act: (user: UserRow) => Promise<void>): Promise<boolean> => {
    const user = await findUserByLogin(db, login);
    if (user) await act(user);
    return user !== null;
  };
  return {
    list: () => listUsers(db),
    add: async ({ password, ...user }) => {
      await createUser(db, { ...user, passwordHash: await hashPassword(password) }, Date.now());
      await noteCommand(db, 'user_added', user.login, user.role);
    },
    // Who had the old password is out: a changed password and a disabled login end every session.
    setPassword: (login, password) =>
      change(login, async ({ id }) => {
        await updateUser(db, id, { passwordHash: await hashPassword(password) }, Date.now());
        await deleteSessionsOfUser(db, id);
        await noteCommand(db, 'password_changed', login);
      }),
    setDisabled: (login, disabled) =>
      change(login, async ({ id }) => {
        await updateUser(db, id, { disabled }, Date.now());
        await deleteSessionsOfUser(db, id);
        await noteCommand(db, disabled ? 'user_disabled' : 'user_enabled', login);
      }),
    signOut: (login) =>
      change(login, async ({ id }) => {
        await deleteSessionsOfUser(db, id);
        await noteCommand(db, 'logout_everywhere', login);
      }),
    remove: (login) =>
      change(login, async ({ id }) => {
        await removeUser(db, id);
        await noteCommand(db, 'user_removed', login);
      }),
    close: () => db.close(),
  };
}

/** The API tokens of the configured database. */
export const tokensOf = async (config: Config): Promise<Tokens> => tokensIn(await ready(config));

export async function clientsOf(config: Config): Promise<Clients> {
  const db = await ready(config);
  return {
    list: (limit) => listClients(db, limit),
    save: (clients) => saveClients(db, clients),
    remove: (number) => removeClient(db, number),
    close: () => db.close(),
  };
}

async function ready(config: Config): Promise<Db> {
  const db = openDatabase(config.databaseUrl);
  try {
    await migrate(db, MIGRATIONS);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function withDatabase<T>(config: Config, queryTimeoutMs: number, act: (db: Db) => Promise<T>): Promise<T> {
  const db = openDatabase(config.databaseUrl, { queryTimeoutMs });
  try {
    return await act(db);
  } finally {
    await db.close();
  }
}

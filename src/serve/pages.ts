// The web role: one snapshot a second, the pages, the first administrator.
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFirstAdministrator } from '../auth/first.js';
import { KNOWN_MS } from '../auth/throttle.js';
import type { SessionStore, UserStore } from '../auth/users.js';
import type { Snapshot } from '../call/live.js';
import type { Config } from '../config/options.js';
import type { Log } from '../log/log.js';
import { changeThrottle, deleteOldThrottle } from '../store/access.js';
import { listCalls } from '../store/call-list.js';
import { findClient } from '../store/clients.js';
import type { Db } from '../store/database.js';
import { recentCalls } from '../store/recent.js';
import {
  deleteExpiredSessions,
  deleteSession,
  deleteSessionsOfUser,
  findSessions,
  listSessions,
  saveSession,
  touchSessions,
} from '../store/sessions.js';
import { snapshotReader } from '../store/snapshot.js';
import { startOfDay } from '../store/time.js';
import { createUser, findUserById, findUserByLogin, findUsersById, listUsers, updateUser } from '../store/users.js';
import type { JournalTrouble, Status } from '../web/deps.js';
import { startSnapshots } from '../web/snapshot.js';
import { createPages } from '../web/web.js';
import { auditStore, tokenStore } from './access.js';
import { httpServer } from './http-server.js';
import { listenFor } from './listen.js';
import { listeningIn } from './listening.js';
import type { Pbx } from './pbx.js';
import type { Recordings } from './recordings.js';
import { readStory } from './story.js';

export interface Pages {
  address(): AddressInfo | null;
  close(): Promise<void>;
}

/** A snapshot older than this tells of the past, ms. */
const TRUE_MS = 5000;

export interface PagesParts {
  /** What stands before the pages; `now` is what they show, null while it is not true. */
  before(pages: RequestListener, now: () => Snapshot | null): RequestListener;
  config: Config;
  db: Db;
  pbx: Pbx;
  recordings: Pick<Recordings, 'alarms'>;
  /** How far the tables are behind: events, and the age of the oldest, ms. */
  behind(): Promise<{ lag: number; behind: number }>;
  databaseUp(): boolean;
  /** What the journal could not write; null where this process writes none. */
  trouble(): JournalTrouble | null;
  /** Resolves when there are tables to read. */
  tables: Promise<boolean>;
  /** Calls back when events reached the tables. */
  onApplied(listener: () => void): void;
  log: Log;
}

const OWN_CALLS = 50;
const SWEEP_MS = 10 * 60_000;

/** Serves the pages as soon as the port is free. Resolves when they are served; false when `signal` came first. */
export async function startPages(parts: PagesParts, signal: AbortSignal): Promise<Pages | null> {
  const { config, db, pbx } = parts;
  const log = parts.log.child({ room: 'web' });
  let journal = { lag: 0, behind: 0 };
  const read = snapshotReader(db, config.timeZone, async () => {
    journal = await parts.behind();
    return journal.lag;
  });
  const snapshots = startSnapshots({ read: (now) => parts.tables.then(() => read(now)), log });
  parts.onApplied(snapshots.wake);
  const status = (): Status => ({
    database: { up: parts.databaseUp() && snapshots.failingSince() === null },
    pbx: pbx.state(),
    journal: { ...journal, trouble: parts.trouble() },
  });
  const web = createPages({
    snapshots,
    click: (verb, args, user) => pbx.click(verb, args, user),
    clickState: (id, user) => pbx.clickState(id, user),
    users: userStore(db),
    sessions: sessionStore(db),
    audit: auditStore(db),
    throttle: { changeThrottle: (ids, now, change) => changeThrottle(db, ids, now, change) },
    tokens: tokenStore(db),
    status,
    calls: (query) => listCalls(db, query),
    tollAlarms: () => [...pbx.tollAlarms(), ...parts.recordings.alarms()],
    recentCalls: (operator) => recentCalls(db, operator, startOfDay(Date.now(), config.timeZone), OWN_CALLS),
    story: (call) => readStory(db, call),
    recordings: listeningIn(db, config.recordings),
    findClient: (number) => findClient(db, number),
    config,
    log,
  });
  const shown = () => {
    const now = snapshots.current();
    return now && parts.databaseUp() && snapshots.failingSince() === null && Date.now() - now.at < TRUE_MS ? now : null;
  };
  const server = httpServer(parts.before(web.answer, shown));
  const sweep = setInterval(() => {
    const old = Date.now() - KNOWN_MS;
    Promise.all([deleteExpiredSessions(db, Date.now()), deleteOldThrottle(db, old)]).catch((error: unknown) =>
      log.debug({ err: error }, 'expired sessions stay for now'),
    );
  }, SWEEP_MS);
  const listening = await listenFor(
    () => server.listen(config.webPort, config.webHost),
    { what: 'the pages', option: 'DIALHOOK_WEB_PORT', address: `${config.webHost}:${config.webPort}` },
    signal,
    log,
  );
  const close = async () => {
    clearInterval(sweep);
    snapshots.stop();
    await closeServer(server);
  };
  if (!listening) {
    await close();
    return null;
  }
  return { address: () => server.address() as AddressInfo | null, close };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Browsers keep their connections open; those without a request at work can go at once.
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 1000).unref();
  });
}

const userStore = (db: Db): UserStore => ({
  findUserByLogin: (login) => findUserByLogin(db, login),
  findUserById: (id) => findUserById(db, id),
  findUsersById: (ids) => findUsersById(db, ids),
  listUsers: () => listUsers(db),
  createUser: (user, now) => createUser(db, user, now),
  setPassword: (id, passwordHash, now) => updateUser(db, id, { passwordHash }, now),
});

const sessionStore = (db: Db): SessionStore => ({
  saveSession: (session) => saveSession(db, session),
  findSessions: (idHashes) => findSessions(db, idHashes),
  touchSessions: (idHashes, seenAt, expiresAt) => touchSessions(db, idHashes, seenAt, expiresAt),
  deleteSession: (idHash) => deleteSession(db, idHash),
  deleteSessionsOfUser: (userId) => deleteSessionsOfUser(db, userId),
  listSessions: (now, userId) => listSessions(db, now, userId),
});

/** On an empty database: makes the first administrator and tells the password, once, on standard output and never in the log. */
export async function greetFirst(db: Db, tell: (text: string) => void): Promise<void> {
  const first = await createFirstAdministrator(userStore(db), Date.now());
  if (!first) return;
  tell(
    `\n  The first administrator was made. Log in as "${first.login}" with the password\n\n      ${first.password}\n\n  It is shown this once and kept nowhere. Change it with: dialhook user passwd ${first.login}\n\n`,
  );
}

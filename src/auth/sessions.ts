// Sessions: a random token in a cookie, its hash in the table, and a short memory, since each page asks once a second.
import { createHash, randomBytes } from 'node:crypto';
import { formToken } from './form.js';
import { sessionRows } from './session-rows.js';
import { type SessionRow, type SessionStore, toUser, type User, type UserStore } from './users.js';

/** How long a session is believed without asking the table: a disabled user is out after this at the latest, ms. */
const BELIEVED_MS = 5_000;
/** From this age on, what is asked for again and again is looked up behind its back, for all such sessions in one query, ms. */
const RENEWED_MS = 3_000;
const RENEW_EVERY_MS = 500;
/** How long a session found before is still believed while the database doesn't answer, ms. Nobody new comes in meanwhile. */
const OUTAGE_MS = 10 * 60_000;
/** How often "last seen" is written, ms. */
const TOUCH_MS = 60_000;
const HOUR = 3_600_000;
const MAX_REMEMBERED = 20_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface Session {
  /** Its key in the table, which opens nothing. */
  id: string;
  user: User;
  /** What every form of this session carries. */
  formToken: string;
  expiresAt: number;
}

export interface SessionOptions {
  users: Pick<UserStore, 'findUsersById'>;
  sessions: SessionStore;
  /** A session ends this long after its last request. */
  idleHours: number;
  /** A session ends this long after its login, however busy; a week by default. */
  mostHours?: number;
  now?: () => number;
}

export interface Sessions {
  /** A new session for a user who just proved who they are; always a new token. */
  open(user: User, address: string): Promise<{ token: string; expiresAt: number }>;
  /** The session of a cookie if it was looked up in the last seconds, without asking the table; null says nothing. */
  known(token: string | undefined): Session | null;
  /**
   * Looks again for the session of a cookie that was believed before; null, at once, when none was. What is found out now
   * is null when the session has ended since. Throws as `find` does.
   */
  again(token: string | undefined): Promise<Session | null> | null;
  /** The session of a cookie; null when there is none (any more). Throws when the database doesn't answer and the session is not remembered. */
  find(token: string | undefined): Promise<Session | null>;
  /** Ends a session, at once. */
  close(token: string | undefined): Promise<void>;
  /** Ends every session of a user, here at once and in other processes within seconds. */
  closeAll(userId: number): Promise<void>;
  /** Forgets what is remembered of a user: after a change of role or password, or when the user was disabled. */
  forget(userId: number): void;
}

interface Remembered {
  session: Session;
  row: SessionRow;
  checkedAt: number;
}

/** Keeps sessions in the handed stores, with a memory of some seconds. */
export function createSessions(options: SessionOptions): Sessions {
  const { users, sessions, idleHours, mostHours = 7 * 24 } = options;
  const now = options.now ?? Date.now;
  const memory = new Map<string, Remembered>();
  const asking = new Map<string, Promise<Session | null>>();
  /** How often all sessions of a user were ended: what was read before does not count after. */
  const ended = new Map<number, number>();
  let endings = 0;
  const rows = sessionRows(sessions, users);
  const renewing = new Set<string>();
  const endOf = (createdAt: number, seenAt: number) =>
    Math.min(createdAt + mostHours * HOUR, seenAt + idleHours * HOUR);

  async function look(token: string, at: number): Promise<Session | null> {
    const before = endings;
    const row = await rows.session(memory.get(token)?.row.idHash ?? idOf(token));
    const user = row === null || at >= row.expiresAt ? null : await rows.user(row.userId);
    // Closed while we were asking: what the table said before does not count.
    const closed = () => asking.get(token) === undefined || (row !== null && (ended.get(row.userId) ?? 0) > before);
    if (row === null || user === null || user.disabled || closed()) {
      memory.delete(token);
      return null;
    }
    if (at - row.seenAt >= TOUCH_MS) {
      Object.assign(row, { seenAt: at, expiresAt: endOf(row.createdAt, at) });
      await rows.touch({ idHash: row.idHash, seenAt: at, expiresAt: row.expiresAt });
      if (closed()) return null;
    }
    const session = { id: row.idHash, user: toUser(user), formToken: row.csrf, expiresAt: row.expiresAt };
    remember(memory, token, { session, row, checkedAt: at });
    return session;
  }

  async function ask(token: string, known: Remembered | undefined, at: number): Promise<Session | null> {
    const under = asking.get(token) ?? look(token, at).finally(() => asking.delete(token));
    asking.set(token, under);
    try {
      return await under;
    } catch (error) {
      // The database is away: who was in stays in for a while, to see that it is.
      const stays = known && memory.has(token) && at < known.row.expiresAt && at - known.checkedAt < OUTAGE_MS;
      if (stays) return known.session;
      throw error;
    }
  }

  function known(token: string | undefined): Session | null {
    const found = token === undefined ? undefined : memory.get(token);
    const at = now();
    if (token === undefined || !found || at - found.checkedAt >= BELIEVED_MS || at >= found.row.expiresAt) return null;
    if (at - found.checkedAt >= RENEWED_MS) renewSoon(token);
    return found.session;
  }

  function renewSoon(token: string): void {
    if (renewing.size === 0) setTimeout(renew, RENEW_EVERY_MS).unref();
    renewing.add(token);
  }

  function renew(): void {
    const at = now();
    for (const token of renewing) {
      // What fails here is asked for again by the next page, which then says why.
      if (memory.has(token)) ask(token, memory.get(token), at).catch(() => undefined);
    }
    renewing.clear();
  }

  const forget = (userId: number) => {
    for (const [token, known] of memory) if (known.session.user.id === userId) memory.delete(token);
  };

  return {
    known,
    again(token) {
      const found = token === undefined ? undefined : memory.get(token);
      return token === undefined || !found ? null : ask(token, found, now());
    },
    async open(user, address) {
      const token = randomBytes(32).toString('base64url');
      const at = now();
      const expiresAt = endOf(at, at);
      const times = { createdAt: at, seenAt: at, expiresAt };
      await sessions.saveSession({ idHash: idOf(token), userId: user.id, csrf: formToken(token), address, ...times });
      return { token, expiresAt };
    },
    async find(token) {
      if (token === undefined || !TOKEN.test(token)) return null;
      return known(token) ?? ask(token, memory.get(token), now());
    },
    async close(token) {
      if (token === undefined || !TOKEN.test(token)) return;
      memory.delete(token);
      asking.delete(token);
      await sessions.deleteSession(idOf(token));
    },
    async closeAll(userId) {
      ended.set(userId, ++endings);
      forget(userId);
      await sessions.deleteSessionsOfUser(userId);
      // Once more: somebody may have asked between the two.
      ended.set(userId, ++endings);
      forget(userId);
    },
    forget,
  };
}

/** What the table holds instead of the token. */
const idOf = (token: string): string => createHash('sha256').update(token).digest('hex');

function remember(memory: Map<string, Remembered>, token: string, value: Remembered): void {
  memory.delete(token);
  memory.set(token, value);
  // The oldest entry goes first: a Map keeps the order of insertion.
  const oldest = memory.keys().next();
  if (memory.size > MAX_REMEMBERED && !oldest.done) memory.delete(oldest.value);
}

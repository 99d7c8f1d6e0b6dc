// Users and sessions in memory, with a switch that plays a database that has gone away.
import type { AuditLine, AuditRow, AuditStore } from '../../src/auth/audit.js';
import type { ThrottleRow, ThrottleStore } from '../../src/auth/throttle.js';
import type { TokenRow, TokenStore } from '../../src/auth/tokens.js';
import type { NewUser, SessionRow, SessionStore, UserRow, UserStore } from '../../src/auth/users.js';

export interface MemoryStores {
  users: UserStore;
  sessions: SessionStore;
  audit: AuditStore;
  throttle: ThrottleStore;
  tokens: TokenStore;
  rows: {
    users: UserRow[];
    sessions: Map<string, SessionRow>;
    audit: AuditRow[];
    throttle: Map<string, ThrottleRow>;
    tokens: Map<string, TokenRow>;
  };
  /** Queries so far. */
  asked: number;
  down: boolean;
}

export function memoryStores(): MemoryStores {
  const rows: MemoryStores['rows'] = {
    ...{ users: [], sessions: new Map(), audit: [], throttle: new Map(), tokens: new Map() },
  };
  const ask = async <T>(answer: () => T): Promise<T> => {
    stores.asked++;
    await Promise.resolve();
    if (stores.down) throw new Error('connect ECONNREFUSED 192.0.2.1:3306');
    return answer();
  };
  const stores: MemoryStores = {
    rows,
    asked: 0,
    down: false,
    users: {
      findUserByLogin: (login) => ask(() => rows.users.find((u) => u.login === login) ?? null),
      findUserById: (id) => ask(() => rows.users.find((u) => u.id === id) ?? null),
      findUsersById: (ids) => ask(() => rows.users.filter((u) => ids.includes(u.id))),
      listUsers: () => ask(() => [...rows.users]),
      createUser: (user: NewUser, now) =>
        ask(() => rows.users.push({ ...user, id: rows.users.length + 1, disabled: false, createdAt: now })),
      setPassword: (id, passwordHash) =>
        ask(() => {
          const row = rows.users.find((u) => u.id === id);
          if (row) row.passwordHash = passwordHash;
        }),
    },
    sessions: {
      saveSession: (row) => ask(() => void rows.sessions.set(row.idHash, { ...row })),
      findSessions: (ids) =>
        ask(() =>
          ids.flatMap((id) => {
            const row = rows.sessions.get(id);
            return row ? [{ ...row }] : [];
          }),
        ),
      touchSessions: (ids, seenAt, expiresAt) =>
        ask(() => {
          for (const id of ids) Object.assign(rows.sessions.get(id) ?? {}, { seenAt, expiresAt });
        }),
      deleteSession: (id) => ask(() => void rows.sessions.delete(id)),
      deleteSessionsOfUser: (userId) =>
        ask(() => {
          for (const [id, row] of rows.sessions) if (row.userId === userId) rows.sessions.delete(id);
        }),
      listSessions: (now, userId) =>
        ask(() =>
          [...rows.sessions.values()]
            .filter((row) => row.expiresAt > now && (userId === undefined || row.userId === userId))
            .sort((a, b) => b.createdAt - a.createdAt),
        ),
    },
    audit: {
      note: (line: AuditLine) => ask(() => rows.audit.push({ ...line, seq: rows.audit.length + 1 })),
      list: ({ login = '', kind, since = 0, until = Infinity, before = Infinity, limit }) =>
        ask(() =>
          rows.audit
            .filter((row) => login === '' || row.login.toLowerCase() === login.toLowerCase())
            .filter((row) => (kind === undefined || row.kind === kind) && row.at >= since && row.at < until)
            .filter((row) => row.seq < before)
            .reverse()
            .slice(0, limit),
        ),
    },
    throttle: {
      changeThrottle: (ids, now, change) =>
        ask(() => {
          const made = ids.map(
            (id) => rows.throttle.get(id) ?? { id, failures: 0, failedAt: now, freeAt: now, goodAt: null },
          );
          for (const row of made) rows.throttle.set(row.id, row);
          return change(made);
        }),
    },
    tokens: {
      findToken: (id) => ask(() => rows.tokens.get(id) ?? null),
      touchToken: (id, usedAt, usedFrom) =>
        ask(() => void Object.assign(rows.tokens.get(id) ?? {}, { usedAt, usedFrom })),
    },
  };
  return stores;
}

// Users and sessions in memory, with a switch that plays a database that has gone away.
import type { NewUser, SessionRow, SessionStore, UserRow, UserStore } from '../../src/auth/users.js';

export interface MemoryStores {
  users: UserStore;
  sessions: SessionStore;
  rows: { users: UserRow[]; sessions: Map<string, SessionRow> };
  /** Queries so far. */
  asked: number;
  down: boolean;
}

export function memoryStores(): MemoryStores {
  const rows = { users: [] as UserRow[], sessions: new Map<string, SessionRow>() };
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
      listUsers: () => ask(() => [...rows.users]),
      createUser: (user: NewUser, now) =>
        ask(() => rows.users.push({ ...user, id: rows.users.length + 1, disabled: false, createdAt: now })),
    },
    sessions: {
      saveSession: (row) => ask(() => void rows.sessions.set(row.idHash, { ...row })),
      findSession: (id) =>
        ask(() => {
          const row = rows.sessions.get(id);
          return row ? { ...row } : null;
        }),
      touchSession: (id, seenAt, expiresAt) =>
        ask(() => {
          const row = rows.sessions.get(id);
          if (row) Object.assign(row, { seenAt, expiresAt });
        }),
      deleteSession: (id) => ask(() => void rows.sessions.delete(id)),
    },
  };
  return stores;
}

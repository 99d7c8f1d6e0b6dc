// The tables of sessions and users, as a session's look-up asks them: one row, or with all who ask at the same time.
import { gathered } from './gather.js';
import type { SessionRow, SessionStore, UserRow, UserStore } from './users.js';

type Touch = Pick<SessionRow, 'idHash' | 'seenAt' | 'expiresAt'>;

export interface SessionRows {
  session(idHash: string): Promise<SessionRow | null>;
  user(id: number): Promise<UserRow | null>;
  /** Writes when a session was last seen, and its end. */
  touch(touch: Touch): Promise<unknown>;
}

export function sessionRows(sessions: SessionStore, users: Pick<UserStore, 'findUsersById'>): SessionRows {
  return {
    session: gathered(async (ids) => byKey(await sessions.findSessions(ids), (row) => row.idHash)),
    user: gathered(async (ids) => byKey(await users.findUsersById(ids), (row) => row.id)),
    touch: gathered<Touch, true>(async (touches) => {
      // Looked up together means seen together: mostly they all have one time and one end.
      const alike = new Map<string, { ids: string[]; seenAt: number; expiresAt: number }>();
      for (const { idHash, seenAt, expiresAt } of touches) {
        const key = `${seenAt} ${expiresAt}`;
        const group = alike.get(key) ?? { ids: [], seenAt, expiresAt };
        group.ids.push(idHash);
        alike.set(key, group);
      }
      for (const { ids, seenAt, expiresAt } of alike.values()) await sessions.touchSessions(ids, seenAt, expiresAt);
      return new Map<Touch, true>();
    }),
  };
}

const byKey = <K, V>(rows: readonly V[], key: (row: V) => K): Map<K, V> => new Map(rows.map((row) => [key(row), row]));

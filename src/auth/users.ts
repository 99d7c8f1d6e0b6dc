// Who may come in. This room knows passwords, sessions and roles; it knows no HTTP and no SQL:
// the tables are reached through the two stores that are handed in.

/** From least to most: each role may do all that the ones before it may. */
export const ROLES = ['operator', 'supervisor', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

export interface UserRow {
  id: number;
  login: string;
  name: string;
  role: Role;
  /** Endpoint of the user's phone; empty for a user without one. */
  operator: string;
  passwordHash: string;
  disabled: boolean;
  /** ms since the epoch. */
  createdAt: number;
}

/** A user as the pages know one: without the password's hash. */
export type User = Omit<UserRow, 'passwordHash' | 'disabled' | 'createdAt'>;
export type NewUser = Omit<UserRow, 'id' | 'disabled' | 'createdAt'>;

/** The rows of users. `null` means not found; a database that doesn't answer throws. */
export interface UserStore {
  findUserByLogin(login: string): Promise<UserRow | null>;
  findUserById(id: number): Promise<UserRow | null>;
  /** Those that exist, in no order. */
  findUsersById(ids: readonly number[]): Promise<UserRow[]>;
  listUsers(): Promise<UserRow[]>;
  /** `now`: its time of making, ms. */
  createUser(user: NewUser, now: number): Promise<unknown>;
  /** A new password's hash, and its time, ms. */
  setPassword(id: number, passwordHash: string, now: number): Promise<unknown>;
}

export interface SessionRow {
  /** SHA-256 of the cookie's token, hex: who reads the table can't take over a session. */
  idHash: string;
  userId: number;
  /** Token that every form of the session carries. */
  csrf: string;
  /** ms since the epoch, all three. */
  createdAt: number;
  seenAt: number;
  expiresAt: number;
  /** Where the login came from. */
  address: string;
}

export interface SessionStore {
  saveSession(session: SessionRow): Promise<unknown>;
  /** Those that exist, in no order. */
  findSessions(idHashes: readonly string[]): Promise<SessionRow[]>;
  touchSessions(idHashes: readonly string[], seenAt: number, expiresAt: number): Promise<unknown>;
  deleteSession(idHash: string): Promise<unknown>;
  deleteSessionsOfUser(userId: number): Promise<unknown>;
  /** Sessions that have not expired at `now`, newest first; of one user, or of all. */
  listSessions(now: number, userId?: number): Promise<SessionRow[]>;
}

/** Whether a role holds at least the rights of another. */
export const atLeast = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

/** The row without what no page needs. */
export const toUser = (row: UserRow): User => ({
  id: row.id,
  login: row.login,
  name: row.name,
  role: row.role,
  operator: row.operator,
});

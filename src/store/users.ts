// Who may log in. `operator` is the endpoint of the user's phone, which is the operator's name in events.
import type { Db } from './database.js';
import { cut } from './text.js';
import { fromDb, toDb } from './time.js';

export const ROLES = ['operator', 'supervisor', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

export interface UserRow {
  id: number;
  login: string;
  name: string;
  role: Role;
  operator: string;
  passwordHash: string;
  disabled: boolean;
  createdAt: number;
}

interface Stored {
  id: number;
  login: string;
  name: string;
  role: Role;
  operator: string;
  password_hash: string;
  disabled: number;
  created_at: string;
}

const fromStored = (row: Stored): UserRow => ({
  id: Number(row.id),
  login: row.login,
  name: row.name,
  role: row.role,
  operator: row.operator,
  passwordHash: row.password_hash,
  disabled: Boolean(row.disabled),
  createdAt: fromDb(row.created_at),
});

const first = async (db: Db, where: Partial<Stored>): Promise<UserRow | null> => {
  const row = (await db.knex('users').where(where).first()) as Stored | undefined;
  return row ? fromStored(row) : null;
};

export const findUserByLogin = (db: Db, login: string): Promise<UserRow | null> => first(db, { login });
export const findUserById = (db: Db, id: number): Promise<UserRow | null> => first(db, { id });

/** Those of the users that exist, in no order. */
export async function findUsersById(db: Db, ids: readonly number[]): Promise<UserRow[]> {
  return ((await db.knex('users').whereIn('id', ids)) as Stored[]).map(fromStored);
}

export async function listUsers(db: Db): Promise<UserRow[]> {
  return ((await db.knex('users').orderBy('login')) as Stored[]).map(fromStored);
}

/** Adds a user and returns its id. Throws with the code `exists` when the login is taken. */
export async function createUser(
  db: Db,
  user: Omit<UserRow, 'id' | 'createdAt' | 'disabled'>,
  now: number,
): Promise<number> {
  if (await findUserByLogin(db, user.login))
    throw Object.assign(new Error(`the login "${user.login}" is taken`), { code: 'exists' });
  const { login, name, role, operator, passwordHash } = user;
  const row = {
    login,
    name: cut(name, 255),
    role,
    operator: cut(operator, 80),
    password_hash: passwordHash,
    disabled: 0,
    created_at: toDb(now),
    password_changed_at: toDb(now),
  };
  const [id] = (await db.knex('users').insert(row)) as number[];
  return Number(id);
}

export async function updateUser(
  db: Db,
  id: number,
  change: Partial<Pick<UserRow, 'name' | 'role' | 'operator' | 'passwordHash' | 'disabled'>>,
  now: number,
): Promise<void> {
  const { passwordHash, disabled, ...rest } = change;
  const row: Record<string, unknown> = { ...rest };
  if (disabled !== undefined) row['disabled'] = disabled ? 1 : 0;
  if (passwordHash !== undefined) Object.assign(row, { password_hash: passwordHash, password_changed_at: toDb(now) });
  if (Object.keys(row).length > 0) await db.knex('users').where({ id }).update(row);
}

export async function removeUser(db: Db, id: number): Promise<void> {
  await db.knex('sessions').where({ user_id: id }).del();
  await db.knex('access_tokens').where({ user_id: id }).del();
  await db.knex('users').where({ id }).del();
}

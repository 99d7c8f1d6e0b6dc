// The first start: nobody can come in yet, and there is no default password.
import { hashPassword, randomPassword } from './password.js';
import type { UserStore } from './users.js';

/**
 * Makes the user `admin` when there is no user at all, with a random password that is returned once and kept nowhere.
 * Null when users exist.
 */
export async function createFirstAdministrator(
  users: Pick<UserStore, 'listUsers' | 'createUser'>,
  now: number = Date.now(),
): Promise<{ login: string; password: string } | null> {
  if ((await users.listUsers()).length > 0) return null;
  const password = randomPassword();
  const login = 'admin';
  const passwordHash = await hashPassword(password);
  await users.createUser({ login, name: 'Administrator', role: 'administrator', operator: '', passwordHash }, now);
  return { login, password };
}

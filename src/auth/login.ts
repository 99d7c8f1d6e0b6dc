// The way in: a login and a password become a user, or nothing.
import { checkPassword, MAX_PASSWORD } from './password.js';
import { toUser, type User, type UserStore } from './users.js';

const MAX_LOGIN = 80;

/**
 * Checks a login as it came from a form. Anything but two strings is nobody: an array or an object in a form field has
 * opened other panels. Takes the same time for an unknown, a disabled and a known login. Throws when the database
 * doesn't answer, and PasswordBusyError when too many log in at once.
 */
export async function checkLogin(
  users: Pick<UserStore, 'findUserByLogin'>,
  login: unknown,
  password: unknown,
): Promise<User | null> {
  if (typeof login !== 'string' || typeof password !== 'string') return null;
  if (password.length > MAX_PASSWORD || login.length > MAX_LOGIN) return null;
  const row = await users.findUserByLogin(login.trim().normalize('NFC'));
  const known = row !== null && !row.disabled;
  const fits = await checkPassword(known ? row.passwordHash : null, password);
  return known && fits ? toUser(row) : null;
}

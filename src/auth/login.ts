// The way in: a login and a password become a user, or nothing.
import { checkPassword, MAX_PASSWORD } from './password.js';
import { toUser, type User, type UserStore } from './users.js';

/**
 * What a login is made of. Nothing else is looked up: databases find `lola` for `LÖLA`, for `lo` + a mark of no width + `la`, and
 * one of them for `lola` + NUL + anything. Each of these would be a guess that the throttle counts apart.
 */
export const LOGIN = /^[A-Za-z0-9._@-]{1,80}$/;

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
  if (password.length > MAX_PASSWORD) return null;
  const name = login.trim();
  const row = LOGIN.test(name) ? await users.findUserByLogin(name) : null;
  const known = row !== null && !row.disabled;
  const fits = await checkPassword(known ? row.passwordHash : null, password);
  return known && fits ? toUser(row) : null;
}

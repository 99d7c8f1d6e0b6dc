// Passwords: argon2id, rules, and one that can be read aloud.
import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { COMMON } from './common.js';

/** OWASP's second choice (19 MiB, 2 passes): about 40 ms of one core. The library's default algorithm is argon2id. */
const PARAMETERS = { memoryCost: 19456, timeCost: 2, parallelism: 1 };
/** Hash of a password that nobody has: checked when the login is unknown, so that both answers take the same time. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$+iydPVu8tb+bMWs9nAksAA$n6j56dqdnTSRvyNK/vLFjINDSMa6IS/TAJUvDy7Pz+8';
export const MIN_PASSWORD = 12;
/** Longer ones are refused unread, so that nobody makes us hash megabytes. */
export const MAX_PASSWORD = 256;
/** Letters and digits that nobody confuses on paper. */
const READABLE = 'abcdefghijkmnpqrstuvwxyz23456789';
const MAX_WAITING = 32;

export class PasswordBusyError extends Error {
  override name = 'PasswordBusyError';
}

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

// One hash at a time: argon2 runs on the same few threads that write the event journal to disk,
// and a crowd at the login page must not delay a call.
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting >= MAX_WAITING) throw new PasswordBusyError(`more than ${MAX_WAITING} logins at once; try again`);
  waiting++;
  const turn = last.then(work, work);
  last = turn;
  try {
    return await turn;
  } finally {
    waiting--;
  }
}

/** Hashes a password for its row. Throws PasswordBusyError when too many wait. */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, PARAMETERS));

/** Whether the password fits the hash. Without a hash it takes as long and says no. */
export async function checkPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const fits = await inTurn(() => verify(passwordHash ?? NOBODY, password).catch(() => false));
  return fits && passwordHash !== null;
}

/** Why a new password can't be taken, in words for its owner; null when it can. Length counts, not signs: four words are fine. */
export function passwordFault(password: string, login: string): string | null {
  if ([...password].length < MIN_PASSWORD)
    return `A password has at least ${MIN_PASSWORD} characters; a few words in a row are fine.`;
  if (password.length > MAX_PASSWORD) return `A password has at most ${MAX_PASSWORD} characters.`;
  const letters = lettersOf(password);
  if (letters !== '' && (letters === lettersOf(login) || password.toLowerCase() === login.toLowerCase()))
    return 'The password must not be the login.';
  if (new Set(password).size < 5) return 'The password repeats too few characters.';
  if (isCommon(letters)) return 'The password is among the first that anybody tries.';
  if (followsKeys(password)) return 'The password follows the keys or the alphabet.';
  return null;
}

const lettersOf = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '');

/** A common word, or one twice or more. */
function isCommon(letters: string): boolean {
  const once = /^(.+?)\1*$/su.exec(letters)?.[1] ?? '';
  return COMMON.has(letters) || COMMON.has(once);
}

const ROWS = ['`1234567890-=', 'qwertyuiop[]', 'asdfghjkl', 'zxcvbnm', 'йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю'];

/** Whether most characters are the same as, or a neighbour of, the one before: `123456789012`, `qwertyuiop12`, `abcdefghijkl`. */
function followsKeys(password: string): boolean {
  const all = [...password.toLowerCase()];
  const near = (a: string, b: string) =>
    Math.abs((a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0)) <= 1 ||
    ROWS.some((row) => row.includes(a) && row.includes(b) && Math.abs(row.indexOf(a) - row.indexOf(b)) === 1);
  const steps = all.slice(1).filter((one, i) => near(all[i] ?? '', one)).length;
  return steps >= 0.75 * (all.length - 1);
}

/** A random password of 100 bits: four groups of five letters and digits. */
export function randomPassword(): string {
  const group = () => Array.from({ length: 5 }, () => READABLE[randomInt(READABLE.length)]).join('');
  return Array.from({ length: 4 }, group).join('-');
}

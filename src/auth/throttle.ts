// Guessing a password is made slow, and nobody else is: who fails waits, longer each time. A login waits in one network first; the
// login as such and the network as such wait only shortly, and not at all for a pair of both that has been right before. So
// neither a stranger nor a colleague who guesses shuts out an office, and a botnet shuts out nobody who works where they always do.
import { createHash } from 'node:crypto';
import { LOGIN as LOGIN_FORM } from './login.js';

export interface ThrottleRow {
  id: string;
  failures: number;
  /** ms since the epoch, all three. */
  failedAt: number;
  /** Until then no further try is looked at. */
  freeAt: number;
  /** When this pair of login and network was last right. */
  goodAt: number | null;
}

export interface ThrottleStore {
  /** Hands the rows of these ids to `change`, new ones where there are none, and keeps what it made of them: all in one transaction. */
  changeThrottle<T>(ids: readonly string[], now: number, change: (rows: readonly ThrottleRow[]) => T): Promise<T>;
}

interface Slowing {
  /** So many failures cost nothing. */
  free: number;
  /** The first wait after them; it doubles with each failure. */
  firstMs: number;
  mostMs: number;
}

export const PAIR: Slowing = { free: 5, firstMs: 2_000, mostMs: 15 * 60_000 };
export const LOGIN: Slowing = { free: 20, firstMs: 2_000, mostMs: 60_000 };
export const NETWORK: Slowing = { free: 50, firstMs: 1_000, mostMs: 10_000 };
/** A day without a failure, and all is forgotten. */
const FORGOTTEN_MS = 24 * 3_600_000;
/** For so long a pair that was right is known. */
export const KNOWN_MS = 30 * 24 * 3_600_000;

/** How long to wait after so many failures, ms. */
export function waitAfter(failures: number, { free, firstMs, mostMs }: Slowing): number {
  return failures <= free ? 0 : Math.min(mostMs, firstMs * 2 ** Math.min(30, failures - free - 1));
}

export type Attempt =
  /** Not looked at: come back in so many ms. */
  | { waitMs: number }
  /** Counted as a failure already, so that a hundred at once are a hundred failures. */
  | { waitMs: 0; succeeded(): Promise<void>; takeBack(): Promise<void> };

const idOf = (...parts: string[]): string => createHash('sha256').update(parts.join('\0')).digest('hex');

/** Asks for one try of a login from a network (an address, or the prefix of one). Throws when the database doesn't answer. */
export async function attemptLogin(
  store: ThrottleStore,
  typed: string,
  network: string,
  now: () => number = Date.now,
): Promise<Attempt> {
  // What can be no login is one login here: it is never right, whatever follows.
  const name = typed.trim();
  const login = LOGIN_FORM.test(name) ? name.toLowerCase() : '';
  const ids = [idOf('pair', login, network), idOf('login', login), idOf('network', network)];
  const { waitMs, counted } = await store.changeThrottle(ids, now(), (rows) => count(rows, now()));
  if (waitMs > 0) return { waitMs };
  const settle = (good: boolean) =>
    store.changeThrottle(ids, now(), (rows) => {
      for (const row of rows.slice(0, counted)) {
        row.failures = good && row === rows[0] ? 0 : Math.max(0, row.failures - 1);
        row.freeAt = now();
      }
      if (good && rows[0]) rows[0].goodAt = now();
    });
  return { waitMs: 0, succeeded: () => settle(true), takeBack: () => settle(false) };
}

/** The longest wait that holds; 0 when there is none, and then the try is counted in the first `counted` rows. */
function count(rows: readonly ThrottleRow[], now: number): { waitMs: number; counted: number } {
  for (const row of rows) if (now - row.failedAt >= FORGOTTEN_MS) row.failures = 0;
  const [pair] = rows;
  const known = pair !== undefined && pair.goodAt !== null && now - pair.goodAt < KNOWN_MS;
  const asked = known ? rows.slice(0, 1) : rows;
  const waitMs = Math.max(0, ...asked.map((row) => row.freeAt - now));
  if (waitMs > 0) return { waitMs, counted: 0 };
  for (const [i, row] of asked.entries()) {
    row.failures++;
    row.failedAt = now;
    row.freeAt = now + waitAfter(row.failures, [PAIR, LOGIN, NETWORK][i] ?? NETWORK);
  }
  return { waitMs: 0, counted: asked.length };
}

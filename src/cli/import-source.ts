// What the two imports share on the command line: the address of a foreign database, its password, and the progress line.
import type { Context } from './command.js';
import { Failure } from './failure.js';
import type { Io } from './io.js';

/**
 * The address with its password: `given` (DIALHOOK_IMPORT_PASSWORD), or asked for when a person is there. A file's name comes
 * back as it is. @throws Failure for a password in the address, which every user of the host could read.
 */
export async function withPassword(from: string, given: string, io: Io): Promise<string> {
  if (!/^(mysql|mariadb):\/\//.test(from)) return from;
  const url = urlOf(from);
  if (url.password !== '')
    throw new Failure(
      'a password on the command line can be read by every user of this host: leave it out of --from and give it in DIALHOOK_IMPORT_PASSWORD',
    );
  if (url.pathname.length < 2) throw new Failure(`--from ${from} names no database: mysql://user@host/asteriskcdrdb`);
  url.password = encodeURIComponent(await passwordOf(url, given, io));
  return url.toString();
}

function urlOf(from: string): URL {
  try {
    return new URL(from);
  } catch {
    throw new Failure(`--from "${from}" is no address: mysql://user@host/asteriskcdrdb, or a file`);
  }
}

function passwordOf(url: URL, given: string, io: Io): Promise<string> | string {
  if (given !== '' || !io.interactive) return given;
  return io.askHidden(`Password of ${decodeURIComponent(url.username)} at ${url.host}: `);
}

const EVERY_MS = 1000;

/** Tells now and then how far it is: rows, rows a second, and how long it will take. */
export function progressLine(io: Io, unit: string): (rows: number, done: number, size: number) => void {
  const begun = Date.now();
  let shownAt = begun;
  let first: number | null = null;
  return (rows, done, size) => {
    first ??= done;
    const now = Date.now();
    if (now - shownAt < EVERY_MS) return;
    shownAt = now;
    const seconds = (now - begun) / 1000;
    const part = done - first;
    const left = part > 0 && size > done ? `, about ${span(((size - done) / part) * seconds)} left` : '';
    const line = `${rows} ${unit}, ${Math.round(rows / seconds)} a second${left}`;
    io.err(io.interactive ? `\r${line.padEnd(70)}` : `${line}\n`);
  };
}

const span = (seconds: number): string => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`);

/** Ends the import after the piece under way when the person stops it; the answer takes the listener off. */
export function stopper(context: Context): { signal: AbortSignal; off: () => void } {
  const stop = new AbortController();
  return { signal: stop.signal, off: context.io.onInterrupt(() => stop.abort()) };
}

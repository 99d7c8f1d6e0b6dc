// What a person reads when a command could not do its work: one plain sentence and the way out.
import { ConfigError } from '../config/load.js';

/** A failure whose message is already plain and names the way out. */
export class Failure extends Error {
  override name = 'Failure';
}

/** What the codes of the operating system and the databases mean, and what to do. */
const WORDS: Record<string, string> = {
  ECONNREFUSED: 'nobody answers there. Start it, or correct the address (`dialhook config` shows it).',
  ENOTFOUND: 'the host name is not known. Correct the address (`dialhook config` shows it).',
  ETIMEDOUT: 'it does not answer. Look whether it runs and whether a firewall stands between.',
  EACCES: 'this user may not do that. Run the command as the user of the server.',
  EPERM: 'this user may not do that. Run the command as the user of the server.',
  ENOSPC: 'the disk is full. Make room and try again.',
  EADDRINUSE: 'the port is taken. `dialhook doctor` says by whom.',
  ER_ACCESS_DENIED_ERROR: 'the database refuses user or password. Correct DIALHOOK_DATABASE_URL.',
  ER_BAD_DB_ERROR: 'there is no such database. Create it, or correct DIALHOOK_DATABASE_URL.',
  ER_NO_SUCH_TABLE: 'the tables are not there yet. Run `dialhook migrate`.',
  SQLITE_CANTOPEN: 'the database file can not be opened. Look at DIALHOOK_DATA_DIR and its owner.',
  SQLITE_BUSY: 'another program holds the database file. Try again in a moment.',
};

/** One sentence for a person; `dialhook --debug` shows the rest. */
export function explain(error: unknown): string {
  if (error instanceof Failure || error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  const words = WORDS[code] ?? (/no such table/i.test(error.message) ? WORDS['ER_NO_SUCH_TABLE'] : undefined);
  const message = firstLine(error.message) || code || error.name;
  return words === undefined ? `${message}. \`--debug\` shows where it happened.` : `${message}: ${words}`;
}

const firstLine = (text: string) => (text.split('\n', 1)[0] ?? '').replace(/\.$/, '');

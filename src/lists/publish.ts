// Keeps the file that #exec prints equal to the tables, and has the PBX read it when it has changed. While the tables are away the
// file stays as it is: the last good text is what the PBX goes on with.
import { chmod, constants, copyFile, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Lists } from '../store/lists.js';
import { type ListsText, listsText } from './text.js';

export interface ListsParts {
  file: string;
  read(): Promise<Lists>;
  /** What the PBX is asked; null: it can't be, and reads the file at its next reload. */
  pbx: {
    /** Whether the lists of this version are loaded. Rejects when the PBX is away. */
    loaded(version: string): Promise<boolean>;
    reload(): Promise<void>;
  } | null;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
  everyMs?: number;
  now?: () => number;
}

export interface ListsKeeper {
  /** `loaded`: whether the PBX has this version; null while it is not known. Times are ms. */
  state(): { version: string; entries: number; loaded: boolean | null; failingSince: number | null };
  /** Looks now; it is done by itself anyway. Never rejects. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_MS = 5000;
/** A reload reads all of the dialplan: not more often than this, however fast the lists change, ms. */
const RELOAD_MS = 15_000;
/** A PBX that does not have the lists after a reload does not take the file in at all: asking it is doubled up to this, ms. */
const PATIENCE_MS = 600_000;
/** Somebody else's reload, or a restart with another file, is noticed within this, ms. */
const CONFIRM_MS = 60_000;

/** Starts keeping the file. */
export function startLists({ file, read, pbx, log, everyMs = EVERY_MS, now = Date.now }: ListsParts): ListsKeeper {
  let current: ListsText | null = null;
  let loaded: boolean | null = null;
  let failingSince: number | null = null;
  const least = Math.min(RELOAD_MS, everyMs * 3);
  let patience = 0;
  let askedAt = Number.NEGATIVE_INFINITY;
  let reloadedAt = Number.NEGATIVE_INFINITY;
  let under: Promise<void> | null = null;

  async function write(): Promise<void> {
    const made = listsText(await read(), now());
    // A file that somebody took away is made again when the PBX turns out not to have it.
    if (current === null || made.text !== current.text || loaded === false) {
      if ((await readFile(file, 'utf8').catch(() => '')) !== made.text) {
        await replace(file, made.text);
        log.info({ entries: made.entries, version: made.version }, 'the lists for the dialplan were written');
      }
      if (made.text !== current?.text) {
        patience = 0;
        askedAt = Number.NEGATIVE_INFINITY;
      }
      current = made;
      loaded = null;
    }
  }

  async function tell(): Promise<void> {
    if (pbx === null || current === null || (loaded === true && now() - askedAt < CONFIRM_MS)) return;
    askedAt = now();
    loaded = await pbx.loaded(current.version);
    if (loaded) patience = 0;
    if (loaded || now() - reloadedAt < Math.max(patience, least)) return;
    reloadedAt = now();
    patience = Math.min(PATIENCE_MS, Math.max(least, patience * 2));
    await pbx.reload();
  }

  async function look(): Promise<void> {
    try {
      await write();
      if (failingSince !== null) log.info({}, 'the lists for the dialplan can be read again');
      failingSince = null;
    } catch (error) {
      if (failingSince === null)
        log.warn(
          { reason: reasonOf(error) },
          'the lists for the dialplan stay as they are: they can not be read or written',
        );
      failingSince ??= now();
    }
    await tell().catch((error: unknown) => {
      loaded = null;
      log.info({ reason: reasonOf(error) }, 'the PBX could not be told of the lists; it is told again');
    });
  }

  const once = (): Promise<void> => {
    under ??= look().finally(() => {
      under = null;
    });
    return under;
  };
  const timer = setInterval(() => void once(), everyMs);
  void once();
  return {
    state: () => ({ version: current?.version ?? '', entries: current?.entries ?? 0, loaded, failingSince }),
    look: async () => {
      await under;
      await once();
    },
    stop: async () => {
      clearInterval(timer);
      await under;
    },
  };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Puts a text in a file's place in one step, and keeps what was there as `.last`. Asterisk's user reads both. */
async function replace(file: string, text: string): Promise<void> {
  const made = await mkdir(dirname(file), { recursive: true });
  // Whatever the umask of the server is (its unit's is 077): there is nothing in it but numbers, and the reader is another user.
  if (made !== undefined) await chmod(dirname(file), 0o755);
  // Others may write in this folder: a link that one of them put there must not lead our writing elsewhere.
  await rm(`${file}.last`, { force: true });
  await copyFile(file, `${file}.last`, constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx');
  try {
    await handle.chmod(0o644);
    await handle.writeFile(text);
    // A power cut must leave the old text or the new one, never an empty file.
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

// The spine in one object: a line goes in, is safe on disk, and ends up in the tables.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { CallEvent } from '../call/event.js';
import type { Db } from '../store/database.js';
import { type Journal, openJournal } from './journal.js';
import { takeLock } from './lock.js';
import { type RecordLoop, startLoop } from './loop.js';
import { watchSpool } from './spool.js';

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Recorder {
  journal: Journal;
  loop: RecordLoop;
  /** Name of this server's journal in the tables. */
  server: string;
  /** Resolves when the line is on disk. */
  append(line: string): Promise<void>;
  stop(): Promise<void>;
}

export interface RecorderOptions {
  folder: string;
  db: Db;
  spoolFiles: readonly string[];
  log: Log;
  /** Applied segments older than this are removed, ms. */
  keepMs?: number;
  /** Opens the journal elsewhere, such as in another thread; here unless said. */
  open?: (folder: string) => Promise<Journal>;
  /** Told of the events of each batch that is in the tables, repeats left out. */
  stored?: (events: readonly CallEvent[]) => void;
  /** Told how many lines were taken from a spool file. */
  spooled?: (lines: number) => void;
}

const KEEP_MS = 3 * 24 * 3_600_000;
const RETIRE_EVERY_MS = 10 * 60_000;

/** Opens the journal, starts the loop and the watch over the spool files. */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { folder, db, log } = options;
  const release = await takeLock(folder);
  const journal = await (options.open ?? openJournal)(folder);
  const server = await serverName(folder);
  const loop = startLoop({ db, journal, server, log, ...(options.stored && { stored: options.stored }) });
  const append = (line: string) => journal.append(line, Date.now());
  const spools = options.spoolFiles.map((path) =>
    watchSpool(path, append, log, { taken: (lines) => options.spooled?.(lines) }),
  );
  const retire = setInterval(() => {
    const state = loop.status().state;
    if (!state) return;
    journal
      .retire(state, Date.now() - (options.keepMs ?? KEEP_MS))
      .catch((error: unknown) => log.warn({ err: error }, 'old journal segments can not be removed'));
  }, RETIRE_EVERY_MS);
  return {
    journal,
    loop,
    server,
    append,
    stop: async () => {
      clearInterval(retire);
      await Promise.all(spools.map((spool) => spool.stop()));
      await loop.stop();
      await journal.close();
      await release();
    },
  };
}

/** A journal's name lives in its folder: a folder that was emptied is another journal, and starts from its beginning. */
export async function serverName(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'server');
  const known = await readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  if (known !== '') return known;
  const name = `${
    hostname()
      .replace(/[^A-Za-z0-9-]/g, '')
      .slice(0, 40) || 'server'
  }-${randomBytes(4).toString('hex')}`;
  await writeFile(path, `${name}\n`, { mode: 0o600 });
  return name;
}

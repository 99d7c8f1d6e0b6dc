// The spool: what the dialplan wrote to a file while no server answered. The file is renamed away, so that the dialplan
// begins a new one, and its lines go the way of all events; a line that came through a hook too counts once.
import { createReadStream } from 'node:fs';
import { readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_LINE_BYTES } from '../call/event.js';

/** The dialplan opens, writes and closes the file for every line; after this long nobody holds the renamed one any more, ms. */
const SETTLE_MS = 300;

export interface SpoolTake {
  files: number;
  lines: number;
}

/**
 * Takes what lies in the spool into `append` and removes it when every line is safe. Also finishes takes that a crash cut
 * short. Throws when the folder can't be read or a line can't be appended; then the file stays for the next try.
 */
export async function takeSpool(
  path: string,
  append: (line: string) => Promise<void>,
  settleMs = SETTLE_MS,
): Promise<SpoolTake> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.taken-`;
  if ((await sizeOf(path)) > 0) {
    await rename(path, join(folder, `${prefix}${Date.now()}`));
    await sleep(settleMs);
  }
  const taken = (await namesIn(folder)).filter((name) => name.startsWith(prefix)).sort();
  const result: SpoolTake = { files: 0, lines: 0 };
  let failed: unknown;
  for (const name of taken) {
    // One file that can't be taken does not hold up the others.
    try {
      result.lines += await takeFile(join(folder, name), append);
      result.files += 1;
    } catch (error) {
      failed ??= error;
    }
  }
  if (failed !== undefined) throw failed;
  return result;
}

/** Lines given on at a time: a large spool goes in piece by piece, and the hooks that come meanwhile have their turn. */
const PIECE = 200;

async function takeFile(path: string, append: (line: string) => Promise<void>): Promise<number> {
  let count = 0;
  let piece: string[] = [];
  const flush = async () => {
    await Promise.all(piece.map(append));
    count += piece.length;
    piece = [];
  };
  const input = createReadStream(path, 'utf8');
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    // What is longer than any event line is kept aside as too long, not whole.
    for (const one of eventsIn(line)) piece.push(one.slice(0, MAX_LINE_BYTES + 1));
    if (piece.length >= PIECE) await flush();
  }
  await flush();
  // A line that came after all, while the dialplan still had the file open, is taken the next time.
  if ((await sizeOf(path)) <= input.bytesRead) await unlink(path);
  return count;
}

/** How every event line begins. No value can hold this: its & and = are encoded. */
const BEGINNING = /(?<=.)(?=v=\d+&id=)/;

/** A full disk tears a line off without its end, and the next one follows in the same row: two events, the first of them torn. */
const eventsIn = (line: string): string[] => line.split(BEGINNING).filter((one) => one.trim() !== '');

const sizeOf = async (path: string): Promise<number> => stat(path).then((s) => s.size, absent(0));
const namesIn = async (folder: string): Promise<string[]> => readdir(folder).catch(absent([]));

function absent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}

/** Bytes that lie in a spool and are not taken yet, those of a take that was cut short included. */
export async function spoolBytes(path: string): Promise<number> {
  const prefix = `${basename(path)}.taken-`;
  const names = (await namesIn(dirname(path))).filter((name) => name === basename(path) || name.startsWith(prefix));
  const sizes = await Promise.all(names.map((name) => sizeOf(join(dirname(path), name))));
  return sizes.reduce((a, b) => a + b, 0);
}

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Looks into the spool every `everyMs` until stopped, and says how many lines were taken. Trouble is told once, not each time. */
export function watchSpool(
  path: string,
  append: (line: string) => Promise<void>,
  log: Log,
  { everyMs = 1000, taken = () => undefined }: { everyMs?: number; taken?: (lines: number) => void } = {},
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let told = '';
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const { files, lines } = await takeSpool(path, append);
        taken(lines);
        if (files > 0) log.info({ path, lines }, 'took the events that the dialplan had spooled');
        told = '';
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== told) log.warn({ path, reason }, 'the spool file can not be taken; it stays where it is');
        told = reason;
      }
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

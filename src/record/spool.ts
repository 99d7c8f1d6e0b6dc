// The spool: what the dialplan wrote to a file while no server answered. The file is renamed away, so that the dialplan
// begins a new one, and its lines go the way of all events; a line that came through a hook too counts once.
import { readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

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
  for (const name of taken) {
    const file = join(folder, name);
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
    await Promise.all(lines.map(append));
    await unlink(file);
    result.files += 1;
    result.lines += lines.length;
  }
  return result;
}

const sizeOf = async (path: string): Promise<number> => stat(path).then((s) => s.size, absent(0));
const namesIn = async (folder: string): Promise<string[]> => readdir(folder).catch(absent([]));

function absent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Looks into the spool every `everyMs` until stopped. Trouble is told once, not each time. */
export function watchSpool(
  path: string,
  append: (line: string) => Promise<void>,
  log: Log,
  everyMs = 1000,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let told = '';
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const { files, lines } = await takeSpool(path, append);
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

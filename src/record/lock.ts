// One process writes a journal: two in one folder would mix their segments and their places.
import { mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Takes the journal's folder for this process and returns how to let it go. A lock whose process is gone (kill -9, power cut)
 * is taken over. Throws with the number of the process that holds it.
 */
export async function takeLock(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'lock');
  const mine = await identity(process.pid);
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      await writeFile(path, mine, { flag: 'wx', mode: 0o600 });
      return () => unlink(path).catch(() => undefined);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readFile(path, 'utf8').catch(() => '');
    const pid = Number(holder.split(' ')[0]);
    if (pid > 0 && holder !== '' && holder === (await identity(pid))) {
      throw new Error(
        `the journal ${folder} belongs to a running server (process ${pid}): stop that one, or give this one another DIALHOOK_DATA_DIR`,
      );
    }
    await unlink(path).catch(() => undefined);
  }
  throw new Error(`the journal ${folder} can not be locked: other processes keep taking it`);
}

/** A process by number and start time: numbers are used again. Empty when there is no such process. */
async function identity(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in brackets, may hold blanks; the start time is the 22nd field of proc(5).
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  if (started !== undefined) return `${pid} ${started}`;
  return pid === process.pid ? `${pid} here` : '';
}

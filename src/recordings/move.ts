// Moves the files of a flat folder into folders by year, month and day, as FreePBX looks for them. Nothing is ever overwritten, a file
// is at every instant whole under its old name or its new one, and a run that was cut short is simply run again.
import { createHash } from 'node:crypto';
import { constants, createReadStream, type Stats } from 'node:fs';
import {
  copyFile,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  opendir,
  realpath,
  unlink,
  utimes,
} from 'node:fs/promises';
import { join } from 'node:path';
import { formatOf, readName, STILL_MS } from './layout.js';
import { placeBelow } from './place.js';

export interface MoveParts {
  /** Flat folder that is emptied; it may be the root itself, and on another disk. */
  from: string;
  /** Root of the recordings. */
  root: string;
  /** Zone of the PBX: names without a date go by the time of the file. */
  timeZone: string;
  dryRun: boolean;
  signal?: AbortSignal;
  now?: () => number;
  /** Of each file as it is decided. */
  tell?: (one: Moved) => void;
}

export interface Moved {
  name: string;
  /** Path below the root. */
  to: string;
  bytes: number;
  how: Outcome;
  /** What went wrong; empty for most. */
  error: string;
}

/**
 * moved: it is there now, or would be. done: a run that was cut short had put it there, only the old name was left. growing: it is being
 * written. collision: another file has that name there. same: the same file is there as a copy; both are left. failed: see `error`.
 */
export type Outcome = 'moved' | 'done' | 'growing' | 'collision' | 'same' | 'failed';

export type MoveCounts = Record<Outcome, number> & { bytes: number };

/** Moves every recording that lies in `from` itself; its folders are left alone. @throws when `from` or the root can't be read */
export async function moveFlat(parts: MoveParts): Promise<MoveCounts> {
  const { root, now = Date.now } = parts;
  const counts: MoveCounts = { moved: 0, done: 0, growing: 0, collision: 0, same: 0, failed: 0, bytes: 0 };
  await realpath(root);
  const days = dayIn(parts.timeZone);
  for await (const entry of await opendir(parts.from)) {
    if (parts.signal?.aborted) break;
    if (!entry.isFile() || formatOf(entry.name) === null || entry.name.includes('\ufffd')) continue;
    const one = await moveOne(parts, entry.name, days, now());
    if (one === null) continue;
    counts[one.how] += 1;
    if (one.how === 'moved' || one.how === 'done') counts.bytes += one.bytes;
    parts.tell?.(one);
  }
  return counts;
}

async function moveOne(
  parts: MoveParts,
  name: string,
  dayOf: (at: number) => string,
  now: number,
): Promise<Moved | null> {
  const source = join(parts.from, name);
  const found = await lstat(source).catch(() => null);
  if (!found?.isFile()) return null;
  const day = readName(name).day ?? dayOf(found.mtimeMs);
  const one: Moved = { name, to: `${day}/${name}`, bytes: found.size, how: 'moved', error: '' };
  try {
    one.how = Math.abs(now - found.mtimeMs) < STILL_MS ? 'growing' : await put(parts, source, found, one.to);
  } catch (error) {
    one.how = 'failed';
    one.error = error instanceof Error ? error.message : String(error);
  }
  return one;
}

async function put(parts: MoveParts, source: string, found: Stats, to: string): Promise<Outcome> {
  const there = await lstat(join(parts.root, to)).catch(() => null);
  if (there !== null) return settle(parts, source, found, there, to);
  if (parts.dryRun) return 'moved';
  await makeFolders(parts.root, to, found);
  const target = await placeBelow(parts.root, to);
  try {
    // link() fails where a name is taken, rename() would overwrite it in silence.
    await link(source, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return settle(parts, source, found, await lstat(target), to);
    // Another disk, or one that knows no second names.
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(code ?? '')) throw error;
    const outcome = await copyOver(source, found, target, (parts.now ?? Date.now)());
    if (outcome !== 'moved') return outcome;
  }
  await synced(join(target, '..'));
  await unlink(source);
  return 'moved';
}

/** The name is taken: by this very file, when a run was cut short between its two names; by a copy of it; or by another. */
async function settle(parts: MoveParts, source: string, found: Stats, there: Stats, to: string): Promise<Outcome> {
  if (there.ino === found.ino && there.dev === found.dev) {
    if (!parts.dryRun) await unlink(source);
    return 'done';
  }
  if (!there.isFile() || there.size !== found.size) return 'collision';
  const same = (await digestOf(source)) === (await digestOf(await placeBelow(parts.root, to)));
  if (!same) return 'collision';
  // A copy to another disk keeps the time of the file: a run was cut short between the copy and the end of the old name.
  if (Math.abs(there.mtimeMs - found.mtimeMs) > SAME_TIME_MS) return 'same';
  if (!parts.dryRun) await unlink(source);
  return 'done';
}
/** Disks keep times to a second, or to two. */
const SAME_TIME_MS = 2000;

/** What was not written for so long is not written any more, ms. */
const REST_MS = 15 * 60_000;

/** To another disk: whole, on the disk and compared before it gets its name. */
async function copyOver(source: string, found: Stats, target: string, now: number): Promise<Outcome> {
  // Asterisk may hold the file open while a caller hears music. A second name follows it then, a copy would not.
  if (now - found.mtimeMs < REST_MS) return 'growing';
  const slash = target.lastIndexOf('/');
  // No name of a recording: neither a scan nor FreePBX takes it for one. What a killed run left of it is written over.
  const part = `${target.slice(0, slash)}/.dialhook-move-${createHash('sha1').update(target).digest('hex').slice(0, 16)}`;
  await unlink(part).catch(() => undefined);
  try {
    await copyFile(source, part, constants.COPYFILE_EXCL);
    await utimes(part, found.atime, found.mtime);
    await withFile(part, async (file) => {
      await file.chmod(found.mode & 0o777);
      // Root keeps the owner; whoever else moves it owns both anyway.
      await file.chown(found.uid, found.gid).catch(() => undefined);
      await file.sync();
    });
    if ((await digestOf(part)) !== (await digestOf(source))) throw new Error('the copy is not equal to the file');
    const after = await lstat(source);
    if (after.size !== found.size || after.mtimeMs !== found.mtimeMs) return 'growing';
    return await named(part, target);
  } finally {
    await unlink(part).catch(() => undefined);
  }
}

async function named(part: string, target: string): Promise<Outcome> {
  try {
    await link(part, target);
    return 'moved';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return 'collision';
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code ?? '')) throw error;
    // A disk without second names: COPYFILE_EXCL is what it has against overwriting.
    return copyFile(part, target, constants.COPYFILE_EXCL).then(
      () => 'moved',
      (again: NodeJS.ErrnoException) => {
        if (again.code === 'EEXIST') return 'collision';
        throw again;
      },
    );
  }
}

/** The folders of the day, each made only where there is none, with the owner and rights of who records. */
async function makeFolders(root: string, to: string, like: Stats): Promise<void> {
  const parts = to.split('/').slice(0, -1);
  for (let i = 1; i <= parts.length; i += 1) {
    const folder = await placeBelow(root, parts.slice(0, i).join('/'));
    const made = await mkdir(folder, 0o775).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return false;
      },
    );
    if (made) await withFile(folder, (file) => file.chown(like.uid, like.gid).catch(() => undefined));
  }
}

const synced = (path: string) => withFile(path, (file) => file.sync());

async function withFile<T>(path: string, act: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function dayIn(timeZone: string): (at: number) => string {
  const form = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (at) => form.format(at).replaceAll('-', '/');
}

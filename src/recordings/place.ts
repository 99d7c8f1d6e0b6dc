// Where a recording lies: below the root, by real folders and a real file, or not at all.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath, rmdir, unlink } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';

/** A key of fixed length for a path of any length, the same on every database. */
export const digest = (pbx: string, path: string): string =>
  createHash('sha256').update(`${pbx}\0${path}`).digest('base64url');

/** A path below the root has only names in it. */
export const isBelow = (path: string): boolean =>
  path !== '' &&
  !path.includes('\0') &&
  !posix.isAbsolute(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** What is not where it should be: `gone` is no file any more, `outside` leads out of the root. */
export class PlaceError extends Error {
  override name = 'PlaceError';
  constructor(readonly why: 'gone' | 'outside') {
    super(why === 'gone' ? 'the file is not there' : 'the path leads out of the folder of the recordings');
  }
}

/**
 * The full path of a recording. The root itself may be a link to another disk; below it nothing may be.
 * @throws PlaceError
 */
export async function placeBelow(root: string, path: string): Promise<string> {
  if (!isBelow(path)) throw new PlaceError('outside');
  const real = await realpath(root).catch(gone);
  const folder = await realpath(join(real, dirname(path))).catch(gone);
  const wanted = dirname(path) === '.' ? real : join(real, dirname(path));
  if (folder !== wanted || !(folder === real || folder.startsWith(`${real}${sep}`))) throw new PlaceError('outside');
  return join(real, path);
}

/**
 * Opens a recording for reading and gives its size. Neither a link nor a pipe is opened.
 * @throws PlaceError
 */
export async function openBelow(
  root: string,
  path: string,
): Promise<{ file: FileHandle; bytes: number; modifiedAt: number }> {
  const full = await placeBelow(root, path);
  const file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(notOpened);
  const { size, mtimeMs, isFile } = await file.stat().then((found) => ({
    ...{ size: found.size, mtimeMs: found.mtimeMs, isFile: found.isFile() },
  }));
  if (isFile) return { file, bytes: size, modifiedAt: Math.floor(mtimeMs) };
  await file.close();
  throw new PlaceError('outside');
}

/** Deletes a recording; false when it was gone. @throws PlaceError for what is no file below the root. */
export async function deleteBelow(root: string, path: string): Promise<boolean> {
  try {
    const full = await placeBelow(root, path);
    if (!(await lstat(full).catch(gone)).isFile()) throw new PlaceError('outside');
    await unlink(full).catch(gone);
    return true;
  } catch (error) {
    if (error instanceof PlaceError && error.why === 'gone') return false;
    throw error;
  }
}

const DAY = /^\d{4}(\/\d\d(\/\d\d)?)?$/;

/** Removes the folders of a day, month and year that a deletion left empty. Others stay: somebody made them on purpose. */
export async function removeEmptyDays(root: string, path: string): Promise<void> {
  for (let folder = dirname(path); DAY.test(folder); folder = dirname(folder)) {
    // rmdir takes empty folders only: a file that came in the meantime keeps it.
    const removed = await placeBelow(root, folder).then(rmdir).then(yes, no);
    if (!removed) return;
  }
}
const yes = () => true;
const no = () => false;

function gone(error: NodeJS.ErrnoException): never {
  if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code ?? '')) throw new PlaceError('gone');
  throw error;
}
function notOpened(error: NodeJS.ErrnoException): never {
  // ELOOP: it is a link. ENXIO: a socket.
  if (['ELOOP', 'EMLINK', 'ENXIO'].includes(error.code ?? '')) throw new PlaceError('outside');
  return gone(error);
}

// Files read and written so that nobody ever sees half of one: a new file beside it, synced, renamed over it.
import { createHash, randomBytes } from 'node:crypto';
import { constants, existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner, OwnerNames, Was } from './change.js';
import { inFolder, mustBeFollowed } from './held.js';
import { Refusal } from './refusal.js';

/** The file as it is; null when there is none. */
export function readWas(path: string): Was | null {
  if (!existsSync(path)) return null;
  const { mode, uid, gid } = statSync(path);
  return { bytes: readFileSync(path), mode: mode & 0o7777, uid, gid };
}

/**
 * Where a file really lies. The configuration folder belongs to Asterisk's user: a link of that user to a file of somebody else would
 * make root write there.
 * @throws Refusal
 */
export function realOf(path: string): string {
  if (!existsSync(path)) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      throw new Refusal(`${path} is a link that leads nowhere: repair or remove it`);
    return path;
  }
  mustBeFollowed(path);
  return realpathSync(path);
}

export const shaOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const isRoot = () => process.getuid?.() === 0;

/** Gives away what is open, by its handle: its name may be another's by now. Only root can; anybody else keeps what he makes. */
async function give(file: FileHandle, mode: number, { uid, gid }: Owner): Promise<void> {
  if (isRoot()) await file.chown(uid, gid);
  // After the owner: a change of that takes the bits of set-id away.
  await file.chmod(mode);
}

/** Replaces a file as a whole. Its mode is right before its name is. @throws Refusal where the folder is not what it seems */
export async function putFile(path: string, bytes: Buffer, mode: number, owner: Owner): Promise<void> {
  await inFolder(path, async (held, name) => {
    const draft = held(`.${name}.${randomBytes(4).toString('hex')}`);
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await give(file, mode, owner);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, held(name));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  });
}

/** @throws Refusal where the folder is not what it seems */
export const dropFile = (path: string): Promise<void> => inFolder(path, (held, name) => unlink(held(name)));

/** @throws Refusal where the folder above is not what it seems */
export const makeFolder = (path: string, mode: number, owner: Owner): Promise<void> =>
  inFolder(path, async (held, name) => {
    await mkdir(held(name), { mode: 0o700 });
    const made = await open(held(name), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      await give(made, mode, owner);
    } finally {
      await made.close();
    }
  });

/** Numbers of the owners, by the host's own lists below `root`; root where a name is not known. */
export function numbersOf(owner: Owner | OwnerNames, root: string): Owner {
  if ('uid' in owner) return owner;
  const find = (list: string, name: string) => {
    const path = join(root, 'etc', list);
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    return Number(lines.map((line) => line.split(':')).find(([first]) => first === name)?.[2] ?? 0);
  };
  return { uid: find('passwd', owner.user), gid: find('group', owner.group) };
}

// Files read and written so that nobody ever sees half of one: a new file beside it, synced, renamed over it.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Owner, OwnerNames, Was } from './change.js';
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
  const [link, target] = [lstatSync(path), statSync(path)];
  if (link.isSymbolicLink() && link.uid !== 0 && link.uid !== target.uid)
    throw new Refusal(
      `${path} is a link of user ${link.uid} to a file of user ${target.uid}: such a link is not followed`,
    );
  return realpathSync(path);
}

export const shaOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const isRoot = () => process.getuid?.() === 0;

/** Only root can give files away; anybody else keeps what he makes. */
async function give(path: string, { uid, gid }: Owner): Promise<void> {
  if (isRoot()) await chown(path, uid, gid);
}

/** Replaces a file as a whole. Its mode is right before its name is. */
export async function putFile(path: string, bytes: Buffer, mode: number, owner: Owner): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await give(draft, owner);
    await chmod(draft, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

export async function dropFile(path: string): Promise<void> {
  await unlink(path);
  await syncFolder(dirname(path));
}

export async function makeFolder(path: string, mode: number, owner: Owner): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  await give(path, owner);
  await chmod(path, mode);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

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

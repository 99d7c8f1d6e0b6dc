// A folder that is held while root works in it. Asterisk's user owns the configuration folder, so he can put a link in the place of
// any folder or file there, also between a look and the work: what is done by path is done wherever he likes, and what is done in a
// held folder is done in that folder.
import { constants, existsSync, lstatSync, readlinkSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { Refusal } from './refusal.js';

/** Links one behind the other that are followed; the kernel's own bound. */
const MOST_LINKS = 40;

/**
 * Whose link it is decides whether root follows it: one of root, or one that leads to a file of the link's own owner.
 * @throws Refusal
 */
export function mustBeFollowed(path: string): void {
  const [link, target] = [lstatSync(path), statSync(path)];
  if (link.isSymbolicLink() && link.uid !== 0 && link.uid !== target.uid)
    throw new Refusal(
      `${path} is a link of user ${link.uid} to a file of user ${target.uid}: such a link is not followed`,
    );
}

/**
 * Where a folder really lies, each link on the way looked at. What does not exist yet is taken as it is written.
 * @throws Refusal
 */
export function realFolder(path: string, links = 0): string {
  if (!isAbsolute(path)) throw new Refusal(`${path} does not begin with /`);
  if (links > MOST_LINKS) throw new Refusal(`${path} is a link that leads nowhere: repair or remove it`);
  let real = '/';
  let count = links;
  for (const part of path.split('/').filter((one) => one !== '')) {
    const next = join(real, part);
    const link = lstatSync(next, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    if (!link) {
      real = next;
      continue;
    }
    if (!existsSync(next)) throw new Refusal(`${next} is a link that leads nowhere: repair or remove it`);
    mustBeFollowed(next);
    const target = readlinkSync(next);
    count++;
    real = realFolder(isAbsolute(target) ? target : join(real, target), count);
  }
  return real;
}

/**
 * Runs `work` in the folder of a path. It is given the path as the held folder has it: what happens to the folder's name meanwhile
 * does not matter.
 * @throws Refusal
 */
export async function inFolder<T>(
  path: string,
  work: (held: (name: string) => string, name: string) => Promise<T>,
): Promise<T> {
  const folder = await open(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const own = `/proc/self/fd/${folder.fd}`;
    // Looked at after it was opened: what is held is either what was looked at, or it is left alone.
    const wanted = realFolder(dirname(path));
    if (readlinkSync(own) !== wanted)
      throw new Refusal(`${dirname(path)} was changed by somebody else meanwhile: run it again`);
    const result = await work((name) => join(own, name), basename(path));
    await folder.sync();
    return result;
  } finally {
    await folder.close();
  }
}

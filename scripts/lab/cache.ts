// Where downloads and prepared trees are kept between runs: outside the checkout, so that a fresh clone starts fast too.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_CACHE_HOME/dialhook`, or `~/.cache/dialhook`. scripts/setup.sh says the same. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'dialhook');
}

/**
 * The folder `name` in the cache, made by `make(folder)` when it is not there yet. It appears whole or not at all:
 * two runs at once both make one, and the first to finish is kept.
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const place = join(cacheFolder(), name);
  if (existsSync(place)) return place;
  await mkdir(cacheFolder(), { recursive: true });
  const draft = await mkdtemp(`${place}.draft-`);
  try {
    await make(draft);
    await rename(draft, place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return place;
}

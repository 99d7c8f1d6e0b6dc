import { access, constants, stat, statfs } from 'node:fs/promises';
import { type Check, fail, ok, warn } from './check.js';

const MEGABYTE = 1024 * 1024;
/** Below the first the journal may soon be unable to keep an event; the second is a day of a busy centre. */
const LITTLE = 100 * MEGABYTE;
const ENOUGH = 1024 * MEGABYTE;

/** The journal needs a directory that can be written, on a disk with room. */
export const dataDirectory: Check = {
  name: 'data-directory',
  needs: [],
  async look({ config: { dataDir } }) {
    const found = await stat(dataDir).catch(() => null);
    if (found === null)
      return warn(
        `${dataDir} is not there yet`,
        'The first start of the server makes it; or make it for the user of the server, or set DIALHOOK_DATA_DIR.',
      );
    if (!found.isDirectory())
      return fail(`${dataDir} is a file, not a directory`, 'Set DIALHOOK_DATA_DIR to a directory.');
    try {
      await access(dataDir, constants.W_OK | constants.X_OK);
    } catch {
      return fail(
        `${dataDir} can not be written by this user`,
        'Give it to the user of the server (chown), or run the doctor as that user.',
      );
    }
    const { bavail, bsize } = await statfs(dataDir);
    const free = bavail * bsize;
    const says = `${dataDir} can be written; ${Math.floor(free / MEGABYTE)} MB free`;
    if (free < LITTLE) return fail(says, 'Make room now: without it no event can be kept.');
    return free < ENOUGH ? warn(says, 'Make room: with a full disk no event can be kept.') : ok(says);
  },
};

import { access, constants, opendir } from 'node:fs/promises';
import type { Config } from '../../config/options.js';
import { diskOf, judgeDisk, takenPercent } from '../../recordings/disk.js';
import { formatOf } from '../../recordings/layout.js';
import { type Check, fail, ok, skip, warn } from './check.js';

/** More recordings than this in one folder make each look into it slow. */
const FLAT = 2000;
const GIGABYTE = 1024 ** 3;
/** Some hours of recordings. */
const LITTLE = GIGABYTE;

/** The folder of the recordings is there, has room, and is laid out by days. */
export const recordings: Check = {
  name: 'recordings',
  needs: [],
  async look({ config, probes }) {
    const { recordings: root, recordingsDiskWarn, recordingsDiskLimit } = config;
    if (root === '') {
      const freepbx = await probes.freepbxHost();
      const says = 'recordings are neither found nor played (DIALHOOK_RECORDINGS)';
      return freepbx === null
        ? skip(says)
        : warn(says, 'Set DIALHOOK_RECORDINGS=/var/spool/asterisk/monitor, or the folder of MIXMON_DIR.');
    }
    const disk = await diskOf(root).catch(() => null);
    if (disk === null)
      return {
        ...fail(
          'the folder of the recordings can not be read',
          'Set DIALHOOK_RECORDINGS to the folder, and let this user read it.',
        ),
        where: root,
      };
    const said = `the disk of the recordings is ${Math.floor(takenPercent(disk))} % full, ${(disk.free / GIGABYTE).toFixed(1)} GB are left`;
    const room = 'dialhook recordings purge --dry-run';
    if (disk.free < LITTLE) return { ...fail(said, `Make room now: ${room} says what may go.`), where: root };
    if (judgeDisk(disk, { warn: recordingsDiskWarn, limit: recordingsDiskLimit }) !== 'well')
      return { ...warn(said, `Make room, or keep recordings for less long: ${room}`), where: root };
    if (await isFlat(root))
      return {
        ...warn(`more than ${FLAT} recordings lie in one folder, without days`, 'dialhook recordings move --dry-run'),
        where: root,
      };
    if (deletes(config) && !(await mayDelete(root)))
      return {
        ...warn(
          'recordings are to be deleted when they are old enough, and this user may not delete them',
          'docs/freepbx.md, "Recordings", says how the server may, or how root does it each night.',
        ),
        where: root,
      };
    return ok(said);
  },
};

const deletes = (config: Config): boolean =>
  config.recordingsKeepDays > 0 ||
  config.recordingsDiskLimit > 0 ||
  Object.values(config.recordingsKeepQueues).some((days) => days > 0);

const mayDelete = (root: string): Promise<boolean> =>
  access(root, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );

async function isFlat(root: string): Promise<boolean> {
  let files = 0;
  for await (const entry of await opendir(root)) {
    if (entry.isFile() && formatOf(entry.name) !== null) files += 1;
    if (files > FLAT) return true;
  }
  return false;
}

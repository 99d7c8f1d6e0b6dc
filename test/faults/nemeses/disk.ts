// The journal's disk is full. Hooks are refused at once, the dialplan spools, nothing is lost, and what is dropped is counted.
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeFolder, temporaryFolder } from '../../../scripts/lab/leaving.js';
import { instant, type Nemesis } from '../nemesis.js';

const exec = promisify(execFile);
const SIZE = '24m';

async function mount(): Promise<string> {
  const folder = temporaryFolder('small-disk');
  await exec('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder]);
  return folder;
}
async function unmount(folder: string): Promise<void> {
  await exec('umount', ['-l', folder]);
  removeFolder(folder);
}

/** Writes until nothing fits any more. */
function fill(path: string): void {
  for (let size = 4 << 20; size >= 1; size >>= 1) {
    for (;;) {
      try {
        writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}

export const diskFull: Nemesis = {
  name: 'disk-full',
  harm: "no room on the journal's disk for 0.5 to 2 s",
  strokes: { short: 2, round: 20, whole: 40 },
  async lacks() {
    return mount().then(
      async (folder) => {
        await unmount(folder);
        return null;
      },
      (error: Error) => `a small disk can't be mounted here (${error.message.split('\n')[0]})`,
    );
  },
  async prepare() {
    const dataDir = await mount();
    return { lab: { dataDir }, release: () => unmount(dataDir) };
  },
  async stroke(lab) {
    const ballast = join(lab.server.dataDir, '../ballast');
    await instant(lab, 200, 700);
    fill(ballast);
    await instant(lab, 500, 2000);
    rmSync(ballast);
  },
};

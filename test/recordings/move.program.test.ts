// The mover on real folders: nothing is lost, nothing overwritten, and a run that was broken off is simply run again.
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { type MoveCounts, type Moved, moveFlat } from '../../src/recordings/move.js';
import { CORPUS } from '../corpus/corpus.js';
import { DAY, freepbxPath, put, sound } from './trees.js';

const NOW = Date.UTC(2026, 0, 20, 12);
const OLD = Date.UTC(2026, 0, 15, 8);
const base = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** Another file system than the temporary folder's; null where there is none. */
function otherDisk(): string | null {
  const there = existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(temporaryRoot()).dev;
  return there ? `/dev/shm/dialhook-move-${process.pid}` : null;
}
let root = '';
const temporaryRoot = () => root;

describe('the mover of recordings', () => {
  beforeEach(() => {
    root = temporaryFolder('recordings');
  });
  afterEach(() => removeFolder(root));
  const run = async (more: { from?: string; dryRun?: boolean } = {}): Promise<MoveCounts & { told: Moved[] }> => {
    const told: Moved[] = [];
    const parts = {
      from: root,
      root,
      timeZone: 'UTC',
      dryRun: false,
      now: () => NOW,
      tell: (one: Moved) => void told.push(one),
    };
    return { ...(await moveFlat({ ...parts, ...more })), told };
  };

  it('puts each file into the folder of its name, else of its time, and leaves the rest alone', async () => {
    const path = freepbxPath(OLD);
    put(root, base(path), NOW - DAY);
    put(root, 'what.wav', Date.UTC(2026, 0, 3, 9));
    put(root, 'notes.txt', OLD);
    put(root, 'growing.wav', NOW - 5000);
    put(root, '2025/12/31/there.wav', OLD);
    expect(await run({ dryRun: true })).to.include({ moved: 2, growing: 1, bytes: 8000 });
    expect(existsSync(join(root, base(path)))).to.equal(true);
    expect(await run()).to.include({ moved: 2, growing: 1, collision: 0, failed: 0 });
    expect(existsSync(join(root, path))).to.equal(true);
    expect(statSync(join(root, path)).mtimeMs).to.equal(NOW - DAY);
    expect(existsSync(join(root, '2026/01/03/what.wav'))).to.equal(true);
    expect(readdirSync(root).sort()).to.deep.equal(['2025', '2026', 'growing.wav', 'notes.txt']);
    expect(await run()).to.include({ moved: 0, growing: 1 });
  });

  it('overwrites nothing, and tells what is in the way', async () => {
    const path = freepbxPath(OLD);
    put(root, path, OLD, sound(4000, 'b'));
    put(root, base(path), OLD, sound(4000, 'a'));
    const done = await run();
    expect(done).to.include({ moved: 0, collision: 1 });
    expect(done.told).to.deep.include({ name: base(path), to: path, bytes: 4000, how: 'collision', error: '' });
    expect(readFileSync(join(root, path), 'utf8')).to.equal(sound(4000, 'b'));
    expect(readFileSync(join(root, base(path)), 'utf8')).to.equal(sound(4000, 'a'));
    // A copy of another time is somebody's: both stay.
    put(root, base(path), OLD + DAY, sound(4000, 'b'));
    expect(await run()).to.include({ same: 1 });
  });

  it('ends what a broken run began: two names of one file, a whole copy, half a copy', async () => {
    const [one, two, three] = [1, 2, 3].map((n) => freepbxPath(OLD, 'q-400-1', n)) as [string, string, string];
    put(root, one, OLD);
    linkSync(join(root, one), join(root, base(one)));
    put(root, two, OLD, sound());
    put(root, base(two), OLD, sound());
    put(root, base(three), OLD);
    writeFileSync(join(root, '2026/01/15/.dialhook-move-0123456789abcdef'), 'half');
    expect(await run()).to.include({ moved: 1, done: 2, collision: 0, failed: 0 });
    for (const path of [one, two, three]) expect(readFileSync(join(root, path), 'utf8')).to.equal(sound());
    expect(readdirSync(root)).to.deep.equal(['2026']);
  });

  it('copies to another disk, whole and with its time', async function () {
    const other = otherDisk();
    if (other === null) return this.skip();
    mkdirSync(other);
    try {
      const path = freepbxPath(OLD);
      put(other, base(path), OLD + 5000);
      put(other, 'rests.wav', NOW - 5 * 60_000);
      put(root, '2026/01/14/there.wav', OLD);
      expect(await run({ from: other })).to.include({ moved: 1, growing: 1, failed: 0 });
      expect(readFileSync(join(root, path), 'utf8')).to.equal(sound());
      expect(statSync(join(root, path)).mtimeMs).to.equal(OLD + 5000);
      expect(readdirSync(other)).to.deep.equal(['rests.wav']);
      expect(readdirSync(join(root, '2026/01/15'))).to.deep.equal([base(path)]);
    } finally {
      removeFolder(other);
    }
  });

  it('follows no link out of the folder', async () => {
    const outside = temporaryFolder('outside');
    try {
      symlinkSync(outside, join(root, '2026'));
      put(outside, 'secret.wav', OLD);
      symlinkSync(join(outside, 'secret.wav'), join(root, 'link.wav'));
      put(root, base(freepbxPath(OLD)), OLD);
      const done = await run();
      expect(done).to.include({ moved: 0, failed: 1 });
      expect(readdirSync(outside)).to.deep.equal(['secret.wav']);
      expect(existsSync(join(root, base(freepbxPath(OLD))))).to.equal(true);
    } finally {
      removeFolder(outside);
    }
  });

  it('takes any name that a disk takes', async () => {
    const names = CORPUS.map(({ text }) => `${text}.wav`.replace(/[/\0]/g, '_')).filter(
      (name) => Buffer.byteLength(name) <= 255 && !name.startsWith('.') && Buffer.from(name).toString() === name,
    );
    for (const name of names) put(root, name, OLD);
    const done = await run();
    expect(done).to.include({ moved: new Set(names).size, failed: 0, collision: 0 });
    expect(readdirSync(join(root, '2026/01/15')).sort()).to.deep.equal([...new Set(names)].sort());
  });
});

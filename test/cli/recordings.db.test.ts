// `dialhook recordings` as an administrator types it, on real files and a real database.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { recordingsDoor } from '../../src/serve/recordings-door.js';
import { DAY, freepbxPath, put } from '../recordings/trees.js';
import { doors, run as runWith, terminal } from './fakes.js';

describe('dialhook recordings', () => {
  let folder: string;
  let root: string;
  beforeEach(() => {
    folder = temporaryFolder('recordings-cli');
    root = join(folder, 'monitor');
    mkdirSync(root);
  });
  afterEach(() => removeFolder(folder));
  const run = (...args: string[]) => {
    const env = {
      ...{ DIALHOOK_DATA_DIR: join(folder, 'data'), DIALHOOK_RECORDINGS: root, DIALHOOK_TIME_ZONE: 'UTC' },
      ...{ DIALHOOK_RECORDINGS_KEEP_DAYS: '30', DIALHOOK_CONFIG: '/dev/null' },
    };
    return runWith(['recordings', ...args], doors({ recordings: recordingsDoor }), terminal({ env }));
  };
  const base = (path: string) => path.slice(path.lastIndexOf('/') + 1);

  it('moves a flat folder, finds what is there, and deletes what is due; each first as a dry run', async () => {
    const [due, young] = [
      freepbxPath(Date.now() - 40 * DAY, 'q-400-1', 1),
      freepbxPath(Date.now() - 20 * DAY, 'q-400-1', 2),
    ];
    put(root, base(due), Date.now() - 40 * DAY);
    put(root, base(young), Date.now() - 20 * DAY);
    const dry = await run('move', '--dry-run');
    expect(dry.out).to.match(/^2 files would be moved, 7.8 KiB;/m);
    expect(readdirSync(root)).to.have.length(2);
    expect((await run('move')).out).to.match(/^2 files moved/m);
    expect(existsSync(join(root, due))).to.equal(true);
    const scanned = JSON.parse((await run('scan', '--json')).out) as { found: number };
    expect(scanned.found).to.equal(2);
    expect((await run('purge', '--dry-run')).out).to.equal(
      '30 days: 1 files, 3.9 KiB\n1 files, 3.9 KiB would be deleted; 0 are old enough, but marked to be kept; 0 failed.\n',
    );
    expect(existsSync(join(root, due))).to.equal(true);
    const purged = await run('purge', '--json');
    expect([purged.code, JSON.parse(purged.out)]).to.deep.equal([
      0,
      {
        ...{ dryRun: false, files: 1, bytes: 4000, kept: 0, failed: 0, firstError: '' },
        rules: [{ rule: '30 days', files: 1, bytes: 4000 }],
      },
    ]);
    expect([existsSync(join(root, due)), existsSync(join(root, young))]).to.deep.equal([false, true]);
    expect((await run('status')).out).to.match(/^files {5}1, 3.9 KiB; 1 of them of no known call$/m);
  });

  it('names what is in the way and ends with code 1; a call that is not known can not be kept', async () => {
    const path = freepbxPath(Date.now() - DAY);
    put(root, path, Date.now() - DAY, 'other');
    put(root, base(path), Date.now() - DAY);
    const moved = await run('move');
    expect(moved.code).to.equal(1);
    expect(moved.out).to.include(`collision: ${base(path)} → ${path}\n`);
    const kept = await run('keep', 'pbx1-nobody');
    expect([kept.code, kept.err]).to.deep.equal([1, 'dialhook: no call pbx1-nobody is known\n']);
  });
});

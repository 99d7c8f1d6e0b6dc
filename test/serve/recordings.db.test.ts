// The server's round over the recordings: found, deleted at night once a day, and the disk watched; told in the audit and on the monitor.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import type { AuditLine } from '../../src/auth/audit.js';
import { readConfig } from '../../src/config/load.js';
import { createLog } from '../../src/log/log.js';
import type { Disk } from '../../src/recordings/disk.js';
import { readyChecks } from '../../src/serve/operations/checks.js';
import { metricsText } from '../../src/serve/operations/families.js';
import { health } from '../../src/serve/operations/health.js';
import { createTally } from '../../src/serve/operations/tally.js';
import { type Recordings, startRecordings } from '../../src/serve/recordings.js';
import { DAY, freepbxPath, put } from '../recordings/trees.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';

describe('the server and its recordings', () => {
  let test: TestDb;
  let root: string;
  let recordings: Recordings | null = null;
  let audit: AuditLine[];
  let now: number;
  let disk: Disk;
  beforeEach(async () => {
    test = await emptyDatabase('sqlite');
    root = join(temporaryFolder('recordings'), 'monitor');
    mkdirSync(root);
    audit = [];
    now = Date.UTC(2026, 0, 20, 1);
    disk = { bytes: 1000, free: 500 };
  });
  afterEach(async () => {
    await recordings?.stop();
    await test.remove();
    removeFolder(join(root, '..'));
  });
  const start = (env: NodeJS.ProcessEnv = {}) => {
    const more = { DIALHOOK_RECORDINGS: root, DIALHOOK_TIME_ZONE: 'UTC', DIALHOOK_RECORDINGS_PURGE_RATE: '1000' };
    const { config } = readConfig({ env: { ...more, ...env }, defaultFile: '/none' });
    const note = async (line: AuditLine) => void audit.push(line);
    const made = startRecordings({
      ...{ config, db: test.db, audit: { note }, tables: Promise.resolve(true), now: () => now },
      ...{ log: createLog({ level: 'silent', pretty: false }), disk: async () => disk },
    });
    recordings = made;
    return made;
  };
  const old = (days: number) => put(root, freepbxPath(now - days * DAY, 'out-1-101'), now - days * DAY);

  it('deletes what is older at night, once a day, and says so in the audit', async () => {
    const [due, kept] = [old(31), old(29)];
    const made = start({ DIALHOOK_RECORDINGS_KEEP_DAYS: '30' });
    await made.look();
    expect(existsSync(due), 'before three in the morning').to.equal(true);
    now += 2 * 3_600_000;
    await made.look();
    expect([existsSync(due), existsSync(kept)]).to.deep.equal([false, true]);
    expect(audit.map(({ kind, target, detail }) => `${kind} ${target} ${detail}`)).to.deep.equal([
      'recordings_deleted age 1 files, 4000 bytes · 30 days',
    ]);
    // What came to age since then waits for the next night.
    put(root, freepbxPath(now - 40 * DAY, 'out-2-101'), now - 40 * DAY);
    await made.look();
    expect(audit).to.have.length(1);
    now += DAY;
    await made.look();
    expect(audit).to.have.length(2);
    expect(made.figures()?.deleted).to.deep.equal({ age: 3, room: 0 });
  });

  it('deletes nothing unless it was told to', async () => {
    const ancient = old(4000);
    now += 6 * 3_600_000;
    await start().look();
    expect(existsSync(ancient)).to.equal(true);
    disk = { bytes: 1000, free: 1 };
    await recordings?.look();
    expect(existsSync(ancient)).to.equal(true);
    expect(audit).to.deep.equal([]);
  });

  it('says that the disk gets full, on the monitor and at /health, and takes no server out for it', async () => {
    const made = start();
    await made.look();
    expect([made.alarms(), made.trouble()]).to.deep.equal([[], '']);
    disk = { bytes: 100 * 1024 ** 3, free: 12 * 1024 ** 3 };
    await made.look();
    expect(made.alarms()).to.deep.equal(['The disk of the recordings is 88 % full: 12.0 GB are left.']);
    const watched = {
      ...{ config: { roles: ['web' as const] }, db: test.db, recorder: null, folder: '', recordings: () => made },
      ...{ door: { answers: async () => true }, migrated: () => true, listening: () => true, stopping: () => false },
    };
    const report = await health(readyChecks(watched))();
    expect(report.ok).to.equal(true);
    expect(report.checks['recordings']).to.deep.equal({ ok: true, text: 'the disk of the recordings gets full' });
    const tally = createTally();
    const sources = {
      tally,
      db: test.db,
      counts: () => null,
      recorder: null,
      folder: '',
      spoolFiles: [],
      ami: () => null,
      now: () => null,
    };
    expect(await metricsText({ ...sources, recordings: () => made })).to.match(
      /dialhook_recordings_disk_free_bytes 12884901888/,
    );
    tally.end();
  });

  it('makes room by the oldest past the limit, and ends as soon as there is enough', async () => {
    const files = [10, 9, 8, 0.5].map(old);
    disk = { bytes: 1000, free: 40 };
    const made = start({ DIALHOOK_RECORDINGS_DISK_LIMIT: '95' });
    await made.look();
    expect(files.map((file) => existsSync(file))).to.deep.equal([false, false, false, true]);
    expect(audit[0]).to.include({ kind: 'recordings_deleted', target: 'room' });
    expect(audit[0]?.detail).to.include('the disk was 96 % full');
    disk = { bytes: 1000, free: 500 };
    const more = old(7);
    await made.look();
    expect(existsSync(more)).to.equal(true);
  });

  it('says that the folder is not there, and works again when it is', async () => {
    const made = startRecordings({
      ...{ config: readConfig({ env: { DIALHOOK_RECORDINGS: `${root}/none` }, defaultFile: '/none' }).config },
      ...{ db: test.db, audit: { note: async () => {} }, tables: Promise.resolve(true) },
      log: createLog({ level: 'silent', pretty: false }),
    });
    recordings = made;
    await made.look();
    expect(made.alarms()).to.deep.equal(['The folder of the recordings can not be read.']);
    mkdirSync(`${root}/none`);
    await made.look();
    expect(made.alarms()).to.deep.equal([]);
  });
});

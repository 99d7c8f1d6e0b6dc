// The index on both databases: found, linked, moved, gone, deleted; and what was marked stays.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { link } from '../../src/recordings/link.js';
import { makeRoom, purge } from '../../src/recordings/purge.js';
import type { Rules } from '../../src/recordings/retention.js';
import { type ScanCounts, scan } from '../../src/recordings/scan.js';
import { keepCall, releaseCalls } from '../../src/store/recording-calls.js';
import { type Recording, recordingsOfCalls, recordingTotals } from '../../src/store/recordings.js';
import { toDb } from '../../src/store/time.js';
import { CORPUS } from '../corpus/corpus.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';
import { DAY, freepbxPath, put, sound } from './trees.js';

const NOW = Date.UTC(2026, 0, 20, 12);
const AT = Date.UTC(2026, 0, 15, 8);
const second = (ms: number) => Math.floor(ms / 1000);

for (const dialect of DIALECTS)
  describe(`recordings in ${dialect}`, () => {
    let test: TestDb;
    let root: string;
    beforeEach(async () => {
      test = await emptyDatabase(dialect);
      root = temporaryFolder('recordings');
    });
    afterEach(async () => {
      await test.remove();
      removeFolder(root);
    });
    const parts = (now = NOW) => ({ db: test.db, pbx: 'pbx1', root, now: () => now });
    const scanned = (now = NOW, full = false): Promise<ScanCounts> => scan({ ...parts(now), full });
    const all = async (): Promise<Recording[]> =>
      recordingsOfCalls(test.db, [...new Set((await test.db.knex('recordings').pluck('call_id')) as string[])]);
    /** A row of which only what matters is said; later migrations may have added columns. */
    const insert = async (table: string, said: Record<string, unknown>) => {
      const columns = Object.entries(await test.db.knex(table).columnInfo());
      const filled = columns
        .filter(([name, { nullable, defaultValue }]) => !(name in said) && !nullable && defaultValue == null)
        .map(([name, { type }]) => [name, name.endsWith('_at') ? toDb(AT) : /int/i.test(type) ? 0 : '']);
      await test.db.knex(table).insert({ ...Object.fromEntries(filled), ...said });
    };
    const call = (id: string) => insert('cdr_calls', { call_id: id, pbx: 'pbx1' });
    const leg = (id: string, uniqueid: string) => insert('cdr_legs', { call_id: id, pbx: 'pbx1', uniqueid });

    it('finds what is new, reads only what changed, and sees what moved or went', async () => {
      put(root, freepbxPath(AT), AT + 60_000);
      put(root, 'flat.wav', AT);
      put(root, 'ignored.txt', AT);
      mkdirSync(join(root, 'empty'));
      expect(await scanned()).to.include({ folders: 5, read: 5, found: 2, odd: 0 });
      // Made within the last two seconds of the disk's clock: read once more, then never again.
      const later = Date.now() + 60_000;
      await scanned(later);
      expect(await scanned(later)).to.include({ folders: 5, read: 0, found: 0, gone: 0 });
      const [before] = (await all()).filter(({ path }) => path === 'flat.wav');
      mkdirSync(join(root, '2026/01/16'));
      renameSync(join(root, 'flat.wav'), join(root, '2026/01/16/flat.wav'));
      rmSync(join(root, freepbxPath(AT)));
      expect(await scanned(later)).to.include({ found: 0, moved: 1 });
      const after = await all();
      expect(after.find(({ path }) => path === '2026/01/16/flat.wav')?.id).to.equal(before?.id);
      expect(after.find(({ kind }) => kind === 'queue')?.state).to.equal('gone');
    });

    it('asks again for what is being written', async () => {
      const full = put(root, freepbxPath(AT), NOW - 1000);
      await scanned();
      expect((await all())[0]).to.include({ state: 'growing', bytes: 4000 });
      writeFileSync(full, sound(9000));
      utimesSync(full, NOW / 1000, NOW / 1000);
      await scanned(NOW + 120_000);
      expect((await all())[0]).to.include({ state: 'whole', bytes: 9000 });
    });

    it('knows an empty file, a header without sound, and no harm of any name, link or pipe', async () => {
      put(root, 'zero.wav', AT, '');
      put(root, 'header.wav', AT, sound(44));
      const names = CORPUS.map(({ text }) => `${text}.wav`.replace(/[/\0]/g, '_')).filter(
        (name) => Buffer.byteLength(name) <= 255 && !name.startsWith('.') && Buffer.from(name).toString() === name,
      );
      for (const name of new Set(names)) put(root, `2026/01/15/${name}`, AT);
      writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.wav')]), 'x');
      symlinkSync('/etc', join(root, 'etc'));
      symlinkSync('/etc/passwd', join(root, 'passwd.wav'));
      symlinkSync(root, join(root, '2026/round'));
      expect(await scanned()).to.include({ found: new Set(names).size + 2, odd: 4 });
      const states = (await recordingTotals(test.db, 'pbx1')).map(({ state, files }) => `${state} ${files}`);
      expect(states.sort()).to.deep.equal(['empty 2', `whole ${new Set(names).size}`]);
      const paths = (await all()).map(({ path }) => path);
      for (const name of names) expect(paths).to.include(`2026/01/15/${name}`);
    });

    it('links by the call of the name, the file a hook told, the channel of the name, and an event', async () => {
      await call('pbx1-own');
      await call('pbx1-leg');
      await leg('pbx1-leg', `${second(AT)}.11`);
      await call('pbx1-told');
      const file = '/var/spool/a-told-file.wav';
      await insert('cdr_steps', { call_id: 'pbx1-told', pbx: 'pbx1', step: 'recording', what: file });
      const line = `v=1&id=e1&uniqueid=${second(AT)}.17&event=dial`;
      const event = { id: 'e1', call_id: 'pbx1-event', pbx: 'pbx1', event: 'dial', line };
      await test.db.knex('events').insert({ ...event, at: toDb(AT + 200), received_at: toDb(AT) });
      put(root, '2026/01/15/pbx1-own-2.wav', AT);
      put(root, freepbxPath(AT), AT + 60_000);
      put(root, '2026/01/15/a-told-file.wav', AT + 60_000);
      put(root, freepbxPath(AT, 'exten-101-102', 17), AT + 60_000);
      put(root, freepbxPath(AT, 'exten-101-102', 1), AT + 60_000);
      await scanned();
      expect(await link({ db: test.db, pbx: 'pbx1', since: 0 })).to.deep.equal({ tried: 5, linked: 4 });
      const linked = (await all()).map(({ call: id, path }) => `${id || '-'} ${path.slice(11, 22)}`);
      expect(linked.sort()).to.deep.equal([
        '- exten-101-1',
        'pbx1-event exten-101-1',
        'pbx1-leg q-400-99800',
        'pbx1-own pbx1-own-2.',
        'pbx1-told a-told-file',
      ]);
      expect(await link({ db: test.db, pbx: 'pbx1', since: 0 })).to.deep.equal({ tried: 1, linked: 0 });
    });

    describe('deleting', () => {
      const rules: Rules = { days: 30, queues: { '400': 10, '401': 90 } };
      const run = (more: object = {}) => purge({ ...parts(), dryRun: false, perSecond: 1000, rules, ...more });
      const old = (days: number, head: string, n = 1) =>
        put(root, freepbxPath(NOW - days * DAY, head, n), NOW - days * DAY);

      it('takes what is older than its rule, by name and by the visits of its call; a dry run takes nothing', async () => {
        old(9, 'q-400-1');
        old(11, 'q-400-1');
        old(29, 'out-1-101');
        old(31, 'out-1-101');
        old(31, 'q-401-1');
        // Its name says 400, its call went on to 401.
        old(12, 'q-400-2', 2);
        await call('pbx1-moved-on');
        await leg('pbx1-moved-on', `${second(NOW - 12 * DAY)}.2`);
        await insert('cdr_visits', { call_id: 'pbx1-moved-on', pbx: 'pbx1', queue: '401' });
        await scanned();
        await link({ db: test.db, pbx: 'pbx1', since: 0 });
        const dry = await run({ dryRun: true });
        expect([...dry.rules.keys()].sort()).to.deep.equal(['30 days', '400: 10 days']);
        expect(dry).to.include({ files: 2, bytes: 8000 });
        expect((await scanned()).gone).to.equal(0);
        expect(await run()).to.include({ files: 2, bytes: 8000, failed: 0 });
        expect(existsSync(join(root, freepbxPath(NOW - 11 * DAY, 'q-400-1', 1)))).to.equal(false);
        const gone = (await all()).filter(({ state }) => state === 'purged').map(({ goneWhy }) => goneWhy);
        expect(gone.sort()).to.deep.equal(['30 days', '400: 10 days']);
        // Nothing is found anew, and nothing told as lost.
        expect(await scanned(NOW, true)).to.include({ found: 0, gone: 0 });
        expect(await run()).to.include({ files: 0 });
      });

      it('takes the empty folder of a day with it, and no other', async () => {
        old(400, 'out-1-101');
        mkdirSync(join(root, 'mine'));
        await scanned();
        await run();
        expect(readdirSync(root)).to.deep.equal(['mine']);
      });

      it('leaves what is marked, also when the calls became one afterwards', async () => {
        old(400, 'out-1-101');
        await call('pbx1-a');
        await leg('pbx1-a', `${second(NOW - 400 * DAY)}.1`);
        await scanned();
        await link({ db: test.db, pbx: 'pbx1', since: 0 });
        await keepCall(test.db, { call: 'pbx1-b', at: NOW, login: 'sabir', why: 'claim' });
        await test.db.knex('call_joins').insert({ call_id: 'pbx1-a', story_id: 'pbx1-b', n: 1 });
        expect(await run()).to.include({ files: 0, kept: 1 });
        expect(
          await makeRoom({ ...parts(), dryRun: false, perSecond: 1000, why: 'full', enough: async () => false }),
        ).to.include({
          files: 0,
          kept: 1,
        });
        expect(await releaseCalls(test.db, ['pbx1-a', 'pbx1-b'])).to.equal(1);
        expect(await run()).to.include({ files: 1, kept: 0 });
      });

      it('makes room by the oldest first, until there is enough, never from the last day', async () => {
        for (const days of [0.5, 2, 3, 4]) old(days, 'out-1-101');
        await scanned();
        let looks = 0;
        const done = await makeRoom({
          ...{ ...parts(), dryRun: false, perSecond: 1000, why: 'the disk was 97 % full' },
          enough: async () => {
            looks += 1;
            return false;
          },
        });
        expect(done).to.include({ files: 3 });
        expect(looks).to.be.greaterThan(0);
        expect((await all()).filter(({ state }) => state === 'whole')).to.have.length(1);
      });

      it('deletes nothing through a link that came after the scan', async () => {
        old(400, 'out-1-101');
        await scanned();
        const outside = temporaryFolder('outside');
        const path = freepbxPath(NOW - 400 * DAY, 'out-1-101', 1);
        put(outside, path.slice(5), NOW - 400 * DAY);
        rmSync(join(root, path.slice(0, 4)), { recursive: true });
        symlinkSync(outside, join(root, path.slice(0, 4)));
        expect(await run()).to.include({ files: 0, failed: 1, firstError: 'outside' });
        expect(existsSync(join(outside, path.slice(5)))).to.equal(true);
        removeFolder(outside);
      });
    });
  });

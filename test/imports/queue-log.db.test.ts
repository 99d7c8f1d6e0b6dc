// queue_log beside cdr: whichever comes first, the calls know their queues, and every line counts once.
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { importQueueLog } from '../../src/imports/import-queue-log.js';
import { queueFiles } from '../../src/imports/queue-source.js';
import { rowsOfCalls } from '../../src/store/calls.js';
import { readCall } from '../../src/store/read-call.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';
import { bring, cdrRow, type Foreign, foreignCdr } from './foreign.js';

const AT = 1_768_208_400;
const ID = `${AT}.1`;
const line = (after: number, ...cells: string[]) => `${[AT + after, ...cells].join('|')}\n`;
const LINES = [
  line(0, ID, '400', 'NONE', 'DID', '5551000'),
  line(1, ID, '400', 'NONE', 'ENTERQUEUE', '', '+998000000101', '2'),
  line(16, ID, '400', 'PJSIP/101', 'RINGNOANSWER', '15000'),
  line(20, ID, '400', 'Local/102@from-queue/n', 'CONNECT', '19', `${AT + 17}.9`, '3'),
  line(60, ID, '400', 'Local/102@from-queue/n', 'COMPLETEAGENT', '19', '40', '1'),
];
const queueRow = (more: Record<string, unknown>) =>
  cdrRow(1, {
    ...{
      channel: 'PJSIP/trunk-00000001',
      src: '+998000000101',
      clid: '"Bek" <+998000000101>',
      did: '5551000',
      dst: '400',
    },
    ...{ lastapp: 'Queue', lastdata: '400,t,,,300', uniqueid: ID, linkedid: ID },
    ...more,
  });

for (const dialect of DIALECTS) {
  describe(`import-queue-log into ${dialect}`, () => {
    let folder: string;
    let path: string;
    let target: TestDb;
    let foreign: Foreign;
    beforeEach(async () => {
      folder = temporaryFolder('queue-log');
      path = join(folder, 'queue_log');
      target = await emptyDatabase(dialect);
      foreign = await foreignCdr();
      await foreign.add(
        queueRow({ dstchannel: 'PJSIP/101-00000002', duration: 16, billsec: 16, disposition: 'NO ANSWER' }),
        queueRow({
          calldate: '2026-01-12 09:00:17',
          dstchannel: 'PJSIP/102-00000003',
          duration: 43,
          billsec: 43,
          sequence: 2,
        }),
      );
    });
    afterEach(async () => {
      await foreign.close();
      await target.remove();
      removeFolder(folder);
    });
    const log = () =>
      importQueueLog(target.db, {
        source: queueFiles(path),
        pbx: 'pbx1',
        dryRun: false,
        progress: () => undefined,
        now: Date.now,
      });

    it('gives a call of cdr its visit, offers and talk as the queue saw them', async () => {
      writeFileSync(path, LINES.join(''));
      await bring(target.db, foreign);
      expect(await log()).to.include({ lines: 5, joined: 1, alone: 0, rejected: 0, doubtful: 0 });
      const call = await readCall(target.db, `pbx1-${ID}`);
      expect(call?.visits).to.have.length(1);
      expect(call?.visits[0]).to.include({
        queue: '400',
        outcome: 'answered',
        operator: '102',
        wait: 19_000,
        position: 2,
      });
      expect(call?.offers.map(({ operator, outcome, ring }) => `${operator} ${outcome} ${ring}`)).to.deep.equal([
        '101 rang_out 15000',
        '102 answered 3000',
      ]);
      expect(call?.talks).to.have.length(1);
      expect(call?.talks[0]).to.include({
        operator: '102',
        startedAt: (AT + 20) * 1000,
        endedAt: (AT + 60) * 1000,
        endedBy: 'operator',
      });
      expect(call?.odd).to.deep.equal([]);
    });

    it('comes to the same when it is brought in before cdr', async () => {
      writeFileSync(path, LINES.join(''));
      expect(await log()).to.include({ lines: 5, joined: 0, alone: 1 });
      expect(await readCall(target.db, `pbx1-${ID}`)).to.include({
        outcome: 'answered',
        from: '+998000000101',
        to: '5551000',
      });
      expect(await bring(target.db, foreign)).to.include({ calls: 1 });
      const other = await emptyDatabase(dialect);
      try {
        await bring(other.db, foreign);
        await importQueueLog(other.db, {
          source: queueFiles(path),
          pbx: 'pbx1',
          dryRun: false,
          progress: () => undefined,
          now: Date.now,
        });
        const ids = [`pbx1-${ID}`];
        expect(await rowsOfCalls(target.db.knex, ids)).to.deep.equal(await rowsOfCalls(other.db.knex, ids));
      } finally {
        await other.remove();
      }
    });

    it('reads rotated and packed files first, waits for a torn line, and reads nothing twice', async () => {
      writeFileSync(join(folder, 'queue_log-20260111.gz'), gzipSync(LINES.slice(0, 2).join('')));
      writeFileSync(path, `${LINES[2]}${(LINES[3] ?? '').slice(0, 30)}`);
      expect(await log()).to.include({ lines: 3, alone: 1, doubtful: 1 });
      expect((await readCall(target.db, `pbx1-${ID}`))?.odd.join()).to.contain('no end of a visit');
      appendFileSync(path, `${(LINES[3] ?? '').slice(30)}`);
      renameSync(path, `${path}.1`);
      writeFileSync(path, LINES[4] ?? '');
      expect(await log()).to.include({ lines: 2, rejected: 0 });
      expect((await readCall(target.db, `pbx1-${ID}`))?.visits[0]).to.include({ outcome: 'answered', wait: 19_000 });
      expect(await log()).to.include({ lines: 0 });
      expect(await target.db.knex('imported_queue_log')).to.have.length(5);
    });

    it("keeps what is no line, with the place, and leaves operators' lines for later", async () => {
      const odd = [
        line(0, 'NONE', '400', 'PJSIP/101', 'ADDMEMBER', ''),
        'hello\n',
        `x|${ID}|400|NONE|ENTERQUEUE|||1\n`,
      ];
      writeFileSync(path, Buffer.concat([Buffer.from(odd.join('')), Buffer.from([0xff, 0xfe, 0x7c, 0x0a])]));
      expect(await log()).to.include({ lines: 4, presence: 1, rejected: 3, alone: 0 });
      const kept = (await target.db.knex('rejected_imports').pluck('place')) as string[];
      expect(kept.every((place) => place.startsWith('queue_log byte '))).to.equal(true);
    });

    it('leaves calls of our own hooks alone', async () => {
      await bring(target.db, foreign);
      await target.db.knex('cdr_calls').update({ imported_from: '' });
      writeFileSync(path, LINES.join(''));
      expect(await log()).to.include({ recorded: 1, joined: 0, alone: 0 });
      expect(await target.db.knex('imported_queue_log')).to.deep.equal([]);
    });

    for (const [event, data, outcome] of [
      ['ABANDON', ['1', '1', '9'], 'abandoned'],
      ['EXITWITHTIMEOUT', ['1', '1', '9'], 'timeout'],
      ['EXITWITHKEY', ['1', '1', '1', '9'], 'exit_key'],
      ['EXITEMPTY', ['1', '1', '9'], 'exit_empty'],
    ] as const)
      it(`${event} is ${outcome}`, async () => {
        writeFileSync(path, [LINES[1], line(10, ID, '400', 'NONE', event, ...data)].join(''));
        await log();
        expect((await readCall(target.db, `pbx1-${ID}`))?.visits[0]).to.include({ outcome, wait: 9000 });
      });
  });
}

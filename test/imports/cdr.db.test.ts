// A foreign cdr in a real MariaDB is brought into both databases: what became of each row can be read from the calls.
import { expect } from 'chai';
import { rowsOfCalls } from '../../src/store/calls.js';
import { readCall } from '../../src/store/read-call.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';
import { bring, cdrRow, type Foreign, foreignCdr } from './foreign.js';

for (const dialect of DIALECTS) {
  describe(`import-cdr into ${dialect}`, () => {
    let target: TestDb;
    let foreign: Foreign;
    beforeEach(async () => {
      target = await emptyDatabase(dialect);
      foreign = await foreignCdr();
    });
    afterEach(async () => {
      await foreign.close();
      await target.remove();
    });
    const callOf = (n: number) => readCall(target.db, `pbx1-${1768208400 + n}.${n}`);

    it('makes one call of the rows of one linkedid, with visit, offers and talk', async () => {
      const caller = {
        ...{ channel: 'PJSIP/trunk-00000001', src: '+998000000101', clid: '"Bek" <+998000000101>' },
        did: '5551000',
        dst: '400',
      };
      const queue = { ...caller, lastapp: 'Queue', lastdata: '400,t,,,300', dcontext: 'ext-queues' };
      await foreign.add(
        cdrRow(1, { ...queue, dstchannel: 'PJSIP/101-00000002', duration: 15, billsec: 15, disposition: 'NO ANSWER' }),
        cdrRow(1, {
          ...queue,
          calldate: '2026-01-12 09:00:16',
          dstchannel: 'PJSIP/102-00000003',
          duration: 44,
          billsec: 44,
          sequence: 2,
        }),
      );
      const counts = await bring(target.db, foreign);
      expect(counts).to.include({ rows: 2, calls: 1, rejected: 0, doubtful: 1 });
      const call = await callOf(1);
      expect(call).to.include({
        direction: 'in',
        from: '+998000000101',
        name: 'Bek',
        to: '5551000',
        trunk: 'trunk',
        outcome: 'answered',
      });
      expect(
        call?.visits.map(({ queue: name, outcome, operator, wait }) => ({ name, outcome, operator, wait })),
      ).to.deep.equal([{ name: '400', outcome: 'answered', operator: '102', wait: 16_000 }]);
      expect(call?.offers.map(({ operator, outcome }) => `${operator} ${outcome}`)).to.deep.equal([
        '101 rang_out',
        '102 answered',
      ]);
      expect(call?.talks.map(({ operator, party, queue: name }) => `${operator} ${party} ${name}`)).to.deep.equal([
        '102 +998000000101 400',
      ]);
      expect(call?.odd.join()).to.contain('the talk includes the ring');
      const [row] = (await target.db.knex('cdr_calls')) as Record<string, unknown>[];
      expect(row?.['imported_from']).to.equal('cdr');
    });

    it('follows Local channels to the device and takes its answer', async () => {
      await foreign.add(
        cdrRow(1, {
          channel: 'SIP/trunk-1',
          src: '+998000000101',
          lastapp: 'Queue',
          lastdata: '400',
          dstchannel: 'Local/101@from-queue-00000001;1',
          duration: 30,
          billsec: 30,
          did: '5551000',
        }),
        cdrRow(1, {
          uniqueid: '1768208402.7',
          channel: 'Local/101@from-queue-00000001;2',
          dstchannel: 'SIP/101-00000009',
          duration: 30,
          billsec: 22,
          sequence: 1,
        }),
      );
      await bring(target.db, foreign);
      const call = await callOf(1);
      expect(call?.legs.map((leg) => leg.channel)).to.deep.equal(['SIP/trunk-1', 'SIP/101-00000009']);
      expect(call?.talks[0]).to.include({ operator: '101', startedAt: Date.UTC(2026, 0, 12, 9, 0, 8) });
      expect(call?.odd).to.deep.equal([]);
    });

    it('marks what is doubtful, with the reason, and keeps what is no call', async () => {
      await foreign.add(
        cdrRow(1, { duration: 5, billsec: 9 }),
        cdrRow(2, { calldate: '2099-01-01 00:00:00', uniqueid: '4070908800.2', linkedid: '4070908800.2' }),
        cdrRow(3, { linkedid: '' }),
        cdrRow(4, { dst: '' }),
        cdrRow(5, { dstchannel: '', lastapp: 'Playback' }),
        cdrRow(6),
        cdrRow(6),
        cdrRow(7, { disposition: 'WONDERFUL' }),
        cdrRow(8, { calldate: '0000-00-00 00:00:00' }),
        cdrRow(9, { uniqueid: '', linkedid: '' }),
      );
      const counts = await bring(target.db, foreign);
      expect(counts).to.include({ rows: 10, calls: 7, doubtful: 7, rejected: 2 });
      const odd = async (n: number) => (await callOf(n))?.odd.join('; ') ?? '';
      expect(await odd(1)).to.contain('billsec 9 is more than duration 5');
      expect(await odd(3)).to.contain('linkedid is empty');
      expect(await odd(4)).to.contain('dst is empty');
      expect(await odd(5)).to.contain('answered with no dstchannel');
      expect(await odd(6)).to.contain('1 of its rows stood twice');
      expect(await odd(7)).to.contain('disposition "WONDERFUL" is not known');
      expect((await readCall(target.db, 'pbx1-4070908800.2'))?.odd.join()).to.contain('lies in the future');
      const kept = (await target.db.knex('rejected_imports').orderBy('reason')) as { reason: string; line: string }[];
      expect(kept.map((row) => row.reason)).to.deep.equal([
        'calldate "0000-00-00 00:00:00" is no time',
        'neither uniqueid nor linkedid is an id: the row belongs to no call',
      ]);
    });

    it('takes names with quotes, four-byte characters, control characters and Latin-1 bytes', async () => {
      await foreign.sql('ALTER TABLE cdr MODIFY cnam VARBINARY(255) NOT NULL DEFAULT ""');
      const hostile = `O'Neil \\"; DROP TABLE cdr_calls; -- 😀`;
      await foreign.add(
        cdrRow(1, { cnam: Buffer.from(hostile), userfield: '\'"\\\n😀' }),
        cdrRow(2, { cnam: Buffer.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72]) }),
        cdrRow(3, { cnam: Buffer.from('a\u0000b\u001b[2Jc') }),
      );
      expect(await bring(target.db, foreign)).to.include({ calls: 3, rejected: 0 });
      expect((await callOf(1))?.name).to.equal(hostile);
      expect(await callOf(2)).to.include({ name: 'Müller' });
      expect((await callOf(2))?.odd).to.deep.equal(['not UTF-8: read as Latin-1']);
      expect((await callOf(3))?.name).to.equal('a b [2Jc');
    });

    it('changes nothing the second time, completes what has grown, and leaves recorded calls alone', async () => {
      await foreign.add(...[1, 2, 3].map((n) => cdrRow(n)));
      await bring(target.db, foreign);
      // As if our own hooks had recorded the second one.
      await target.db
        .knex('cdr_calls')
        .where({ call_id: 'pbx1-1768208402.2' })
        .update({ imported_from: '', caller_name: 'ours' });
      await target.db.knex('imported_calls').where({ call_id: 'pbx1-1768208402.2' }).del();
      const ids = [1, 2, 3].map((n) => `pbx1-${1768208400 + n}.${n}`);
      const before = await rowsOfCalls(target.db.knex, ids);
      expect(await bring(target.db, foreign)).to.include({ calls: 0, unchanged: 2, recorded: 1, completed: 0 });
      expect(await rowsOfCalls(target.db.knex, ids)).to.deep.equal(before);
      await foreign.add(
        cdrRow(3, { calldate: '2026-01-12 09:00:12', dstchannel: 'PJSIP/103-00000009', dst: '103', sequence: 9 }),
      );
      expect(await bring(target.db, foreign)).to.include({ calls: 0, completed: 1, recorded: 1 });
      expect((await callOf(3))?.talks.map((talk) => talk.operator)).to.include('103');
      expect((await callOf(2))?.name).to.equal('ours');
      // A call of three hours is written when it ends, under the time at which it began.
      await foreign.add(
        cdrRow(4, {
          ...{ calldate: '2026-01-12 06:00:00', duration: 10_800, billsec: 10_790 },
          ...{ uniqueid: '1768197600.4', linkedid: '1768197600.4' },
        }),
      );
      expect(await bring(target.db, foreign)).to.include({ calls: 1, completed: 0 });
    });

    it('refuses to read local times in a wrong zone', async () => {
      await foreign.add(...Array.from({ length: 10 }, (_, n) => cdrRow(n, { calldate: '2026-01-12 14:00:00' })));
      const fault = await bring(target.db, foreign).catch((error: Error) => error.message);
      expect(fault).to.contain('5 h away').and.to.contain('--time-zone');
      expect(await target.db.knex('cdr_calls')).to.deep.equal([]);
      expect(await bring(target.db, foreign, { timeZone: 'Asia/Tashkent' })).to.include({ calls: 10, doubtful: 0 });
    });

    it('writes nothing in a dry run', async () => {
      await foreign.add(cdrRow(1), cdrRow(9, { uniqueid: '', linkedid: '' }));
      expect(await bring(target.db, foreign, { dryRun: true })).to.include({ calls: 1, rejected: 1 });
      for (const table of ['cdr_calls', 'imports', 'imported_calls', 'rejected_imports'])
        expect(await target.db.knex(table), table).to.deep.equal([]);
    });

    it('shows the calls in the columns of the stock table, each talk once', async () => {
      await foreign.add(cdrRow(1), cdrRow(2, { disposition: 'BUSY', billsec: 0, duration: 3 }));
      await bring(target.db, foreign);
      const rows = (await target.db.knex('cdr').orderBy('uniqueid')) as Record<string, unknown>[];
      const told = rows.map(({ src, dst, disposition, duration, billsec, uniqueid, channel, dstchannel, lastapp }) =>
        [src, dst, disposition, duration, billsec, uniqueid, channel, dstchannel, lastapp].join(' '),
      );
      expect(told).to.deep.equal([
        '101 102 ANSWERED 12 10 1768208401.1 PJSIP/101-00000001 PJSIP/102-00000011 Dial',
        '101 102 BUSY 3 0 1768208402.2 PJSIP/101-00000002 PJSIP/102-00000012 Dial',
      ]);
    });
  });
}

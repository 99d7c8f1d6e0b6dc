import { expect } from 'chai';
import type { JournalReport } from '../../src/cli/deps.js';
import { doors, run } from './fakes.js';

const REPORT: JournalReport = {
  folder: '/var/lib/dialhook/journal',
  server: 'desk-1',
  segments: 2,
  bytes: 3_145_728,
  applied: { segment: 2, offset: 100, events: 41, appliedAt: Date.UTC(2026, 0, 12, 9) },
  behind: 330,
  databaseError: '',
};
const RECORDS = [
  { line: 'v=1&id=a&call=c1&event=call', receivedAt: Date.UTC(2026, 0, 12, 8), refusal: '' },
  { line: '0000 torn', receivedAt: 0, refusal: 'damaged' },
  { line: 'v=1&id=b&call=c2&event=end', receivedAt: Date.UTC(2026, 0, 12, 9), refusal: '' },
];
const deps = (report: Partial<JournalReport> = {}, records = RECORDS) =>
  doors({
    journal: async () => ({
      report: async () => ({ ...REPORT, ...report }),
      records: async function* () {
        yield* records;
      },
    }),
  });

describe('cli: journal', () => {
  it('says what is on disk and how far the tables are', async () => {
    const { code, out } = await run('journal', deps());
    expect(code).to.equal(0);
    expect(out).to.contain('2 segments, 3.0 MiB');
    expect(out).to.contain('41 events, up to segment 2, byte 100, 2026-01-12T09:00:00.000Z');
    expect(out).to.contain('to come   330 bytes');
  });

  it('says so when the database does not answer, instead of showing zeros', async () => {
    const { code, out } = await run(
      'journal',
      deps({ applied: null, behind: null, databaseError: 'connect ECONNREFUSED' }),
    );
    expect(code).to.equal(0);
    expect(out).to.contain('tables    not known: connect ECONNREFUSED');
    expect(out).to.not.contain('to come');
  });

  it('checks every record, and ends with 1 when one is damaged', async () => {
    const bad = await run('journal --verify', deps());
    expect(bad).to.include({ code: 1 });
    expect(bad.out).to.contain('2 records whole, 1 damaged\n  0000 torn');
    expect(await run('journal --verify', deps({}, [RECORDS[0] as (typeof RECORDS)[0]]))).to.include({ code: 0 });
  });

  it('prints the lines of one call, or the last ones', async () => {
    const one = await run('journal --print --call c2', deps());
    expect(one.out).to.equal('2026-01-12T09:00:00.000Z v=1&id=b&call=c2&event=end\n');
    const last = await run('journal --print --last 2', deps());
    expect(last.out).to.equal('damaged 0000 torn\n2026-01-12T09:00:00.000Z v=1&id=b&call=c2&event=end\n');
    const wrong = await run('journal --print --last few', deps());
    expect(wrong.code).to.not.equal(0);
    expect(wrong.err).to.contain('--last is "few"');
  });
});

describe('cli: spool', () => {
  it('brings the files of the configuration to the configured server', async () => {
    const asked: unknown[] = [];
    const taking = doors({
      spool: async (_config, { files, host, port }) => {
        asked.push({ files, host, port });
        return { files: 1, lines: 12 };
      },
    });
    expect(await run('spool /tmp/events.spool --to [2001:db8::7]:4000', taking)).to.include({
      code: 0,
      out: '12 lines of 1 files brought.\n',
    });
    expect(asked).to.deep.equal([{ files: ['/tmp/events.spool'], host: '2001:db8::7', port: 4000 }]);
  });

  it('says what is wrong: no file named, a folder that is not there, a place that is none', async () => {
    expect((await run('spool')).err).to.contain('no spool file is named');
    expect((await run('spool /nowhere/at/all/x.spool')).err).to.contain('/nowhere/at/all/x.spool');
    expect((await run('spool /tmp/x.spool --to here')).err).to.contain('--to is "here"');
    expect((await run('spool /tmp/x.spool')).out).to.equal('Nothing is spooled.\n');
  });
});

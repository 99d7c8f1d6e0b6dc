// The pure halves of the imports: times, names, rows of a file.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { type CsvRecord, csvRecords, split } from '../../src/imports/csv.js';
import { bornOf, callerOf, clean, decode, endpointOf, memberOf } from '../../src/imports/text.js';
import { clockOf } from '../../src/imports/zone.js';

describe('imports: local times', () => {
  const berlin = clockOf('Europe/Berlin');

  it('are read in their zone, summer and winter', () => {
    expect(berlin('2026-01-31 08:00:00')).to.deep.equal({ at: Date.UTC(2026, 0, 31, 7), doubt: '' });
    expect(berlin('2026-07-31 08:00:00')).to.deep.equal({ at: Date.UTC(2026, 6, 31, 6), doubt: '' });
    expect(clockOf('Asia/Tashkent')('2026-01-31 08:00:00.250')?.at).to.equal(Date.UTC(2026, 0, 31, 3, 0, 0, 250));
  });

  it('that occur twice are told apart by the time in the channel id, else marked', () => {
    expect(berlin('2026-10-25 02:30:00')).to.deep.equal({ at: Date.UTC(2026, 9, 25, 0, 30), doubt: 'fold' });
    expect(berlin('2026-10-25 02:30:00', Date.UTC(2026, 9, 25, 1, 30))).to.deep.equal({
      at: Date.UTC(2026, 9, 25, 1, 30),
      doubt: '',
    });
    expect(berlin('2026-10-25 02:30:00', Date.UTC(2026, 9, 25, 0, 30))).to.deep.equal({
      at: Date.UTC(2026, 9, 25, 0, 30),
      doubt: '',
    });
  });

  it('that never occurred are marked, and what is no time is none', () => {
    expect(berlin('2026-03-29 02:30:00')?.doubt).to.equal('gap');
    for (const wrong of ['0000-00-00 00:00:00', '2026-02-30 00:00:00', '2026-13-01 00:00:00', '', 'now'])
      expect(berlin(wrong), wrong).to.equal(null);
  });

  it('go there and back for any instant', () => {
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Berlin',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(fc.integer({ min: 946_684_800, max: 2_000_000_000 }), (second) => {
        expect(berlin(format.format(second * 1000), second * 1000)?.at).to.equal(second * 1000);
      }),
    );
  });
});

describe('imports: names', () => {
  it('of channels give the phone, of members too', () => {
    expect(endpointOf('PJSIP/101-0000001a')).to.equal('101');
    expect(endpointOf('SIP/my-trunk-0000abcd')).to.equal('my-trunk');
    expect(endpointOf('Local/101@from-queue-00000001;1')).to.equal('101');
    expect(endpointOf('')).to.equal('');
    expect(['PJSIP/101', 'Local/101@from-queue/n', 'Agent/101', '101', 'Anna Blue'].map(memberOf)).to.deep.equal([
      '101',
      '101',
      '101',
      '101',
      'Anna Blue',
    ]);
  });

  it('of callers may hold anything', () => {
    expect(callerOf('"Anna "Blue"" <101>')).to.deep.equal({ name: 'Anna "Blue"', number: '101' });
    expect(callerOf('+998000000101')).to.deep.equal({ name: '', number: '+998000000101' });
    expect(decode(Buffer.from([0x4d, 0xfc]))).to.deep.equal({ text: 'Mü', latin1: true });
    expect(clean(`a\u0000b\ud83d${'😀'.repeat(300)}`, 10))
      .to.have.length.lessThanOrEqual(20)
      .and.to.match(/^a b/);
  });

  it('of ids hold the second in which they were made', () => {
    expect(bornOf('pbx1-1795228812.3')).to.equal(1_795_228_812_000);
    expect(bornOf('something')).to.equal(null);
  });
});

describe('imports: files of cdr_csv', () => {
  const read = async (bytes: Buffer | string, columns: string[] = []): Promise<CsvRecord[]> => {
    const folder = temporaryFolder('csv');
    try {
      writeFileSync(join(folder, 'Master.csv'), bytes);
      const found: CsvRecord[] = [];
      for await (const one of csvRecords(join(folder, 'Master.csv'), 0, columns)) found.push(one);
      return found;
    } finally {
      removeFolder(folder);
    }
  };
  const cells = (n: number, more: Record<number, string> = {}) =>
    Array.from({ length: n }, (_, i) => `"${more[i] ?? i}"`).join(',');

  it('name their columns by how many there are', async () => {
    const [short, long] = await read(`${cells(17)}\n${cells(21)}\n`);
    expect(short?.raw).to.include({ src: '1', start: '9', uniqueid: '16' });
    expect(long?.raw).to.include({ userfield: '17', linkedid: '19', sequence: '20' });
  });

  it('may have quotes and line feeds in a text, Latin-1 bytes, and lines that are no row', async () => {
    const row = cells(21, { 4: '""Anna"" <101>', 17: 'two\nlines, ""x""' });
    const latin1 = Buffer.concat([Buffer.from('\n"'), Buffer.from([0xfc]), Buffer.from(`"${cells(21).slice(3)}\n`)]);
    const [first, broken, last] = await read(Buffer.concat([Buffer.from(`${row}\nhello`), latin1]));
    expect(first?.raw).to.include({ clid: '"Anna" <101>', userfield: 'two\nlines, "x"' });
    expect(broken?.fault).to.contain('1 cells');
    expect(last?.raw['accountcode']).to.deep.equal(Buffer.from([0xfc]));
  });

  it('may be split and joined again, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (texts) => {
        expect(split(texts.map((text) => `"${text.replaceAll('"', '""')}"`).join(','))).to.deep.equal(texts);
      }),
    );
  });
});

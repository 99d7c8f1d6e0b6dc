import { expect } from 'chai';
import fc from 'fast-check';
import { formatOf, readName, stateOf } from '../../src/recordings/layout.js';
import { isBelow } from '../../src/recordings/place.js';
import { CORPUS } from '../corpus/corpus.js';

const FREEPBX = '-20260115-080000-1768464000.11.wav';

describe('the name of a recording', () => {
  for (const [name, kind, target] of [
    [`q-400-998001234567${FREEPBX}`, 'queue', '400'],
    [`rg-600-998001234567${FREEPBX}`, 'group', '600'],
    [`exten-101-102${FREEPBX}`, 'exten', '101'],
    [`internal-102-101${FREEPBX}`, 'internal', '102'],
    [`external-101-unknown${FREEPBX}`, 'external', '101'],
    [`in-5551000-998001234567${FREEPBX}`, 'in', '5551000'],
    [`out-9004912345-101${FREEPBX}`, 'out', '9004912345'],
    [`parked-101-102${FREEPBX}`, 'parked', '101'],
    [`800-800-always${FREEPBX}`, 'conference', '800'],
    [`q400${FREEPBX}`, 'queue', '400'],
    [`g600${FREEPBX}`, 'group', '600'],
    [`OUT101${FREEPBX}`, 'out', '101'],
    [FREEPBX.slice(1), 'other', ''],
    // The caller wrote what he liked, a date among it.
    [`q-400-a-20200101-000000-1${FREEPBX}`, 'queue', '400'],
    [`__proto__-400-1${FREEPBX}`, 'other', ''],
  ] as const)
    it(`of FreePBX: ${name}`, () => {
      const day = '2026/01/15';
      expect(readName(`${day}/${name}`)).to.deep.equal({
        ...{ kind, target, day, uniqueid: '1768464000.11', at: 1_768_464_000_000, calls: [] },
      });
    });

  it('may hold the systemname of its PBX', () => {
    const { uniqueid, at } = readName('q-400-1-20260115-080000-pbx-1-1768464000.11.wav');
    expect([uniqueid, at]).to.deep.equal(['pbx-1-1768464000.11', 1_768_464_000_000]);
  });

  it('of ours is the id of the call', () => {
    expect(readName('2026/01/15/pbx1-1768464000.11.wav')).to.include({ kind: 'call', at: 1_768_464_000_000 });
    expect(readName('2026/01/15/pbx1-1768464000.11-2.wav').calls).to.deep.equal([
      'pbx1-1768464000.11-2',
      'pbx1-1768464000.11',
    ]);
  });

  it('with a date that is none, or one before telephones, has no day', () => {
    for (const date of ['20260231', '00000000', '99999999', '20261301'])
      expect(readName(`q-400-1-${date}-080000-1768464000.11.wav`).day, date).to.equal(null);
  });

  it('may be anything', () => {
    for (const { text, name } of CORPUS)
      for (const path of [`${text}.wav`, `q-${text}-${text}${FREEPBX}`, `2026/01/15/${text}`, text]) {
        const { day, target, uniqueid } = readName(path);
        expect(day === null || isBelow(`${day}/x`), name).to.equal(true);
        expect(typeof target === 'string' && /^[\x20-\x7e]*$/.test(uniqueid), name).to.equal(true);
      }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { day } = readName(text);
        return day === null || /^\d{4}\/\d\d\/\d\d$/.test(day);
      }),
    );
  });
});

describe('a file', () => {
  it('is a recording by its ending', () => {
    for (const name of ['a.wav', 'a.WAV', 'a.mp3', 'a.gsm', 'a.opus']) expect(formatOf(name), name).not.to.equal(null);
    for (const name of ['a.txt', 'wav', '.wav', '.hidden.wav', 'a.wav.part', 'a.constructor', 'a.__proto__', ''])
      expect(formatOf(name), name).to.equal(null);
    expect(formatOf('a.WAV')?.plays).to.equal(false);
  });

  it('is being written, empty or whole', () => {
    const now = 1_768_464_000_000;
    const of = (bytes: number, age: number) => stateOf({ name: 'a.wav', bytes, modifiedAt: now - age }, now);
    expect([of(99_999, 59_000), of(44, 61_000), of(0, 61_000), of(99_999, 61_000)]).to.deep.equal([
      'growing',
      'empty',
      'empty',
      'whole',
    ]);
    // Written by a clock that is an hour ahead.
    expect(of(99_999, -3_600_000)).to.equal('whole');
  });
});

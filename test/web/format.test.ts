import { expect } from 'chai';
import fc from 'fast-check';
import {
  clocks,
  initials,
  inWords,
  maskedPhone,
  percent,
  phone,
  phonesIn,
  remaining,
  running,
  seconds,
} from '../../src/web/format.js';

describe('format', () => {
  it('writes running times', () => {
    expect([0, 7_000, 59_999, 60_000, 754_000, 3_723_000, -5_000].map(running)).to.deep.equal([
      ...['0:00', '0:07', '0:59', '1:00', '12:34', '1:02:03', '0:00'],
    ]);
    expect(seconds(null)).to.equal('—');
    expect(seconds(16.4)).to.equal('0:16');
  });

  it('counts down to the moment itself: 0:00 means over, never a second before', () => {
    expect([60_000, 59_001, 1, 0, -5_000].map(remaining)).to.deep.equal(['1:00', '1:00', '0:01', '0:00', '0:00']);
  });

  it('counts in the browser exactly as on the server', async () => {
    const browser = (await import(String('../../public/js/duration.js'))) as {
      running(ms: number): string;
      remaining(ms: number): string;
    };
    const any = fc.integer({ min: -100_000, max: 400_000_000 });
    fc.assert(fc.property(any, (ms) => browser.running(ms) === running(ms)));
    fc.assert(fc.property(any, (ms) => browser.remaining(ms) === remaining(ms)));
  });

  it('writes lengths in words', () => {
    expect([8_000, 64_000, 120_000, 2_040_000, 4_860_000, 7_200_000].map(inWords)).to.deep.equal([
      ...['8 s', '1 min 4 s', '2 min', '34 min', '1 h 21 min', '2 h'],
    ]);
  });

  it('writes 100 % and 0 % only when they are true', () => {
    expect([100, 99.9, 81.9, 0.2, 0].map(percent)).to.deep.equal(['100', '99', '82', '1', '0']);
  });

  it('groups phone numbers it knows and leaves the rest as they are', () => {
    expect(phone('+998001231407')).to.equal('+998 00 123 14 07');
    expect(phone('998001231407')).to.equal('998 00 123 14 07');
    expect(phone('5550142')).to.equal('555-0142');
    for (const other of ['', '112', 'anonymous', '*45', '+44 20 7946', '00998001231407', '٠١٢٣٤٥٦']) {
      expect(phone(other)).to.equal(other);
    }
  });

  it('hides the middle of a number, never of an extension', () => {
    expect(maskedPhone('+998001231407')).to.equal('+998 00 ••• 14 07');
    expect(maskedPhone('5550142')).to.equal('555-••42');
    expect(maskedPhone('00998001231407')).to.equal('0099800•••1407');
    expect(maskedPhone('112')).to.equal('112');
  });

  it('hides at least two digits of every number of seven or more', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?\d{7,20}$/), (number) => (maskedPhone(number).match(/•/g) ?? []).length >= 2),
    );
  });

  it('finds the numbers inside a sentence, not times or dates', () => {
    const said = phonesIn('+998001234218 gave up after 2:31 on 2026-11-20, at 1763676543.123', maskedPhone);
    expect(said).to.equal('+998 00 ••• 42 18 gave up after 2:31 on 2026-11-20, at 1763676543.123');
  });

  it('takes initials from whatever is called a name', () => {
    expect(['Aziza Karimova', 'Шахноза Алиева', 'orion', '', '  ', '😀 Ann Lee', '<b>'].map(initials)).to.deep.equal([
      ...['AK', 'ША', 'O', '', '', 'AL', ''],
    ]);
  });

  it('tells the time of the centre, not of the server', () => {
    const { minute, second } = clocks('Asia/Tashkent');
    expect(second(Date.UTC(2026, 10, 20, 19, 5, 9))).to.equal('00:05:09');
    expect(minute(Date.UTC(2026, 10, 20, 9, 32, 8))).to.equal('14:32');
  });
});

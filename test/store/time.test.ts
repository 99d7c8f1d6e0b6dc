import { expect } from 'chai';
import { fromDb, startOfDay, toDb } from '../../src/store/time.js';

describe('times in the tables', () => {
  it('keep the millisecond both ways', () => {
    const at = Date.UTC(2026, 1, 3, 4, 5, 6, 7);
    expect(toDb(at)).to.equal('2026-02-03 04:05:06.007');
    expect(fromDb('2026-02-03 04:05:06.007')).to.equal(at);
    for (const ms of [0, -1, at, at + 86_399_999, at + 86_400_000, Date.UTC(2024, 1, 29, 23, 59, 59, 999), 1]) {
      const text = new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
      expect([toDb(ms), fromDb(text)], text).to.deep.equal([text, ms]);
    }
    expect(() => toDb(Number.NaN)).to.throw(RangeError);
    expect(toDb(null)).to.equal(null);
    expect(fromDb(null)).to.equal(null);
  });

  it('know when a day begins, also on days of 23 and 25 hours', () => {
    const noon = Date.UTC(2026, 5, 15, 12);
    expect(startOfDay(noon, 'UTC')).to.equal(Date.UTC(2026, 5, 15));
    expect(startOfDay(noon, 'Asia/Tashkent')).to.equal(Date.UTC(2026, 5, 14, 19));
    expect(startOfDay(Date.UTC(2026, 2, 29, 21), 'Europe/Berlin'), 'spring').to.equal(Date.UTC(2026, 2, 28, 23));
    expect(startOfDay(Date.UTC(2026, 9, 25, 22, 30), 'Europe/Berlin'), 'autumn').to.equal(Date.UTC(2026, 9, 24, 22));
    expect(startOfDay(Date.UTC(2026, 5, 15), 'UTC'), 'midnight itself').to.equal(Date.UTC(2026, 5, 15));
  });
});

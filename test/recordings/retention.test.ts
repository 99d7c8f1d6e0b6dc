import { expect } from 'chai';
import fc from 'fast-check';
import { hasRoom, judgeDisk } from '../../src/recordings/disk.js';
import { type Aged, daysOf, isDue, type Rules, ruleOf, soonest } from '../../src/recordings/retention.js';

const DAY = 86_400_000;
const NOW = 1_768_464_000_000;
const queues = fc.array(fc.constantFrom('400', '401', 'sales', '__proto__', 'toString'), { maxLength: 3 });
const rules: fc.Arbitrary<Rules> = fc.record({
  days: fc.integer({ min: 0, max: 400 }),
  queues: fc.dictionary(fc.constantFrom('400', '401', 'sales'), fc.integer({ min: 0, max: 400 })),
});
const aged: fc.Arbitrary<Aged> = fc.record({
  takenAt: fc.integer({ min: NOW - 500 * DAY, max: NOW + DAY }),
  queues,
  kept: fc.boolean(),
});

describe('how long a recording is kept', () => {
  it('is what its queue says, else the rule for all; the longest of several; 0 for ever', () => {
    const some: Rules = { days: 90, queues: { '400': 30, '401': 365, sales: 0 } };
    const days = (...of: string[]) => daysOf({ queues: of }, some);
    expect([days(), days('400'), days('400', '401'), days('400', 'other'), days('400', 'sales')]).to.deep.equal([
      ...[90, 30, 365, 90],
      Number.POSITIVE_INFINITY,
    ]);
    expect([ruleOf({ queues: ['400'] }, some), ruleOf({ queues: [] }, some)]).to.deep.equal([
      '400: 30 days',
      '90 days',
    ]);
  });

  it('never: what is deleted is older than its days, and not marked', () =>
    fc.assert(
      fc.property(aged, rules, (one, by) => {
        if (!isDue(one, by, NOW)) return true;
        return !one.kept && NOW - one.takenAt > daysOf(one, by) * DAY && daysOf(one, by) > 0;
      }),
    ));

  it('grows with age only: of two alike the younger never goes alone', () =>
    fc.assert(
      fc.property(aged, rules, fc.nat(), (one, by, older) => {
        const elder = { ...one, takenAt: one.takenAt - older };
        return !isDue(one, by, NOW) || isDue(elder, by, NOW);
      }),
    ));

  it('another queue never makes shorter than the longest, nor a mark', () =>
    fc.assert(
      fc.property(aged, rules, fc.constantFrom('400', '401', 'sales'), (one, by, queue) => {
        if (one.queues.length === 0) return true;
        return daysOf({ queues: [...one.queues, queue] }, by) >= daysOf(one, by);
      }),
    ));

  it('nothing after the soonest moment is due', () =>
    fc.assert(
      fc.property(aged, rules, (one, by) => {
        const before = soonest(by, NOW);
        return !isDue(one, by, NOW) || (before !== null && one.takenAt < before);
      }),
    ));
});

describe('the disk of the recordings', () => {
  const disk = (taken: number) => ({ bytes: 1000, free: 1000 - taken * 10 });
  it('is well, warned of, or over its limit', () => {
    const at = (taken: number) => judgeDisk(disk(taken), { warn: 85, limit: 95 });
    expect([at(84), at(85), at(94), at(95)]).to.deep.equal(['well', 'warned', 'warned', 'over']);
    expect(judgeDisk(disk(99), { warn: 0, limit: 0 })).to.equal('well');
    expect([hasRoom(disk(94.5), { warn: 85, limit: 95 }), hasRoom(disk(93), { warn: 85, limit: 95 })]).to.deep.equal([
      false,
      true,
    ]);
  });
});

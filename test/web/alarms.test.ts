import { expect } from 'chai';
import fc from 'fast-check';
import type { QueueNow } from '../../src/call/live.js';
import { type Alarm, nextAlarm, waitLevel } from '../../src/web/alarms.js';

const T0 = 1_763_000_000_000;
const CREW = { ready: 1, ringing: 0, talking: 2, wrap_up: 0, paused: 0 };
const queue = (change: Partial<QueueNow> = {}): QueueNow => ({
  ...{ queue: 'support', title: 'Support', waiting: 0, longestSince: null, crew: CREW, offered: 100, answered: 95 },
  ...{ abandoned: 5, shortAbandoned: 1, timeout: 0, serviceLevel: { value: 90, n: 99 }, answerWithin: 20, target: 80 },
  ...change,
});
/** A caller who waits since T0. */
const waits = { waiting: 1, longestSince: T0 };

describe('alarms', () => {
  it('judge a wait by the queue’s own threshold', () => {
    expect(waitLevel(null, 20, T0)).to.equal('calm');
    expect(waitLevel(T0, 20, T0 + 59_000)).to.equal('calm');
    expect(waitLevel(T0, 20, T0 + 60_000)).to.equal('amber');
    expect(waitLevel(T0, 20, T0 + 180_000)).to.equal('red');
    expect(waitLevel(T0, 10, T0 + 90_000)).to.equal('red');
  });

  it('say why', () => {
    const now = T0 + 200_000;
    const reason = (change: Partial<QueueNow>) => {
      const { level, reason: why } = nextAlarm(undefined, queue(change), now);
      return `${level} ${why}`;
    };
    const busy = { ...CREW, ready: 0 };
    expect(reason({})).to.equal('calm ');
    expect(reason({ crew: { ready: 0, ringing: 0, talking: 0, wrap_up: 0, paused: 0 } })).to.equal('red no operators');
    expect(reason({ crew: { ready: 0, ringing: 0, talking: 0, wrap_up: 0, paused: 3 } })).to.equal(
      'red all operators paused',
    );
    expect(reason(waits)).to.equal('red wait over 3 min');
    expect(reason({ ...waits, longestSince: now - 61_000 })).to.equal('amber wait over 1 min');
    expect(reason({ ...waits, longestSince: now - 1_000, crew: busy })).to.equal('amber no free operator · 1 waiting');
    expect(reason({ waiting: 7, longestSince: T0, crew: busy })).to.equal('red no free operator · 7 waiting');
    expect(reason({ serviceLevel: { value: 78, n: 74 } })).to.equal('amber service level 78 %');
    expect(reason({ serviceLevel: { value: 59, n: 74 } })).to.equal('red service level 59 %');
    expect(reason({ serviceLevel: { value: 0, n: 2 } })).to.equal('calm ');
    expect(reason({ serviceLevel: null })).to.equal('calm ');
  });

  /** Looks once a second; answers the level after each look. */
  function watch(looks: Partial<QueueNow>[]): string {
    let alarm: Alarm | undefined;
    return looks
      .map((change, second) => {
        alarm = nextAlarm(alarm, queue(change), T0 + second * 1_000);
        return alarm.level[0];
      })
      .join('');
  }
  const low = { serviceLevel: { value: 70, n: 50 } };
  const times = <T>(n: number, one: T): T[] => Array.from({ length: n }, () => one);

  it('change their colour after five seconds, not before', () => {
    expect(watch([{}, ...times(7, low)])).to.equal('ccccccaa');
    expect(watch([{}, ...times(4, low), {}, ...times(6, low)])).to.equal('ccccccccccca');
    expect(watch([low, ...times(7, {})])).to.equal('aaaaaacc');
  });

  it('do not flicker at a threshold', () => {
    const at = (value: number) => ({ serviceLevel: { value, n: 500 } });
    const looks = Array.from({ length: 60 }, (_, i) => at(i % 12 < 6 ? 79.9 : 80.4));
    expect(new Set(watch([at(70), ...looks]))).to.deep.equal(new Set('a'));
  });

  it('never turn red before red has held for five seconds', () => {
    const none = { crew: { ready: 0, ringing: 0, talking: 0, wrap_up: 0, paused: 0 } };
    expect(watch([{}, ...times(4, low), ...times(9, none)])).to.equal('ccccccaaaaaarr');
  });

  it('hold every level for at least five seconds, whatever happens', () => {
    const crew = fc.record({
      ready: fc.nat(2),
      ringing: fc.nat(2),
      talking: fc.nat(2),
      wrap_up: fc.nat(1),
      paused: fc.nat(2),
    });
    const look = fc.record({
      ...{ crew, waiting: fc.nat(5), longestSince: fc.option(fc.integer({ min: T0 - 300_000, max: T0 })) },
      serviceLevel: fc.option(fc.record({ value: fc.integer({ min: 0, max: 100 }), n: fc.nat(100) })),
    });
    fc.assert(
      fc.property(fc.array(look, { minLength: 2, maxLength: 60 }), (looks) => {
        let alarm: Alarm | undefined;
        looks.forEach((change, second) => {
          const before = alarm;
          alarm = nextAlarm(alarm, queue(change), T0 + second * 1_000);
          if (before === undefined || alarm.level === before.level) return;
          expect(alarm.since - before.since).to.be.at.least(5_000);
        });
      }),
    );
  });

  it('keep the reason of the colour shown, with the figures of now', () => {
    const first = nextAlarm(undefined, queue({ ...waits, crew: { ...CREW, ready: 0 } }), T0 + 200_000);
    const more = nextAlarm(first, queue({ ...waits, waiting: 4, crew: { ...CREW, ready: 0 } }), T0 + 201_000);
    expect(more.reason).to.equal('no free operator · 4 waiting');
    const over = nextAlarm(more, queue(), T0 + 202_000);
    expect([over.level, over.reason]).to.deep.equal(['red', 'no free operator · 4 waiting']);
  });
});

// What holds for every call, however strange: of senseless events only that nothing breaks and order does not matter, of
// what can happen on a PBX also that the sums agree.
import { expect } from 'chai';
import fc from 'fast-check';
import type { Call } from '../../src/call/call.js';
import type { CallEvent } from '../../src/call/event.js';
import { fold, isOfCall } from '../../src/call/fold.js';
import { intoStories, keysOf } from '../../src/call/link.js';
import { activitiesOf, timeline } from '../../src/call/timeline.js';
import { changesOf } from '../stories/tell.js';
import { anyEvents } from './arbitrary.js';
import { runningDay, wholeDay } from './centre-day.js';

/** The same draws each time, so that a red run can be seen again; DIALHOOK_RUNS and DIALHOOK_SEED look further. */
const RUNS = {
  numRuns: Number(process.env['DIALHOOK_RUNS'] || 500),
  seed: Number(process.env['DIALHOOK_SEED'] || 20260115),
};
const anything = fc.oneof(anyEvents, runningDay, wholeDay);
const possible = fc.oneof(runningDay, wholeDay);

const folded = (events: readonly CallEvent[]): Call[] =>
  intoStories(events)
    .map((story) => fold(story[0]?.call ?? '', story))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

/** For every call of every draw. */
const always = (draws: fc.Arbitrary<CallEvent[]>, check: (call: Call, events: CallEvent[]) => void) =>
  fc.assert(
    fc.property(draws, (events) => {
      for (const call of folded(events)) check(call, events);
    }),
    RUNS,
  );

/** The end of something that may still run. */
const until = (ms: number | null) => ms ?? Number.POSITIVE_INFINITY;

describe('every call, whatever the events', function () {
  this.timeout(60_000);

  it('is folded without an error', () => {
    always(anything, (call) => expect(call.id).to.be.a('string'));
  });

  it('is the same in any order of the events and with repeats', () => {
    const shuffledTwice = anything.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
    );
    fc.assert(
      fc.property(shuffledTwice, ([events, shuffled]) => {
        expect(folded(shuffled)).to.deep.equal(folded(events));
      }),
      RUNS,
    );
  });

  it('has every one of its events in exactly one story, and what is tied together in the same', () => {
    fc.assert(
      fc.property(anything, (events) => {
        const stories = intoStories(events);
        expect(stories.flat()).to.have.members(events.filter(isOfCall));
        const storyOf = new Map<string, number>();
        for (const [n, story] of stories.entries())
          for (const key of story.flatMap(keysOf)) {
            expect(storyOf.get(key) ?? n, key).to.equal(n);
            storyOf.set(key, n);
          }
      }),
      RUNS,
    );
  });

  it('counts no time backwards', () => {
    always(anything, (call) => {
      for (const one of [...call.legs, ...call.talks, ...call.steps])
        expect(until(one.endedAt), JSON.stringify(one)).to.be.at.least(one.startedAt);
      for (const { wait } of call.visits) expect(wait ?? 0).to.be.at.least(0);
      for (const { ring } of call.offers) expect(ring ?? 0).to.be.at.least(0);
      expect(until(call.endedAt)).to.be.at.least(call.startedAt);
    });
  });

  it('has an outcome exactly when it is over, and so has everything in it', () => {
    always(anything, (call) => {
      expect(call.outcome === 'in_progress', call.outcome).to.equal(call.endedAt === null);
      if (call.endedAt === null) return;
      const open = [...call.visits, ...call.offers, ...call.legs].filter((one) => one.outcome === 'in_progress');
      expect(open, 'still in progress').to.deep.equal([]);
      expect(
        call.talks.filter((talk) => talk.endedAt === null),
        'talks',
      ).to.deep.equal([]);
      expect(
        call.steps.filter((step) => step.endedAt === null),
        'steps',
      ).to.deep.equal([]);
    });
  });

  it('has no talk that overlaps another one of the same channel', () => {
    always(anything, (call) => {
      for (const [n, talk] of call.talks.entries())
        for (const other of call.talks.slice(n + 1)) {
          if (other.uniqueid !== talk.uniqueid) continue;
          const apart = until(talk.endedAt) <= other.startedAt || until(other.endedAt) <= talk.startedAt;
          expect(apart, `${JSON.stringify(talk)} and ${JSON.stringify(other)}`).to.equal(true);
        }
    });
  });

  it('has its talks within its legs, its legs within itself, and hold within the talk', () => {
    always(anything, (call) => {
      for (const leg of call.legs) {
        expect(leg.startedAt).to.be.at.least(call.startedAt);
        expect(until(leg.endedAt)).to.be.at.most(until(call.endedAt));
      }
      for (const talk of call.talks) {
        const leg = call.legs.find((one) => one.uniqueid === talk.uniqueid);
        expect(leg, `a leg of ${JSON.stringify(talk)}`).to.not.equal(undefined);
        expect(talk.startedAt).to.be.at.least(leg?.startedAt ?? 0);
        expect(until(talk.endedAt)).to.be.at.most(until(leg?.endedAt ?? null));
        expect(talk.hold).to.be.within(0, until(talk.endedAt) - talk.startedAt);
      }
    });
  });

  it('has every offer in a visit of its own queue', () => {
    always(anything, (call) => {
      // Without an `enter` nobody knows of a visit.
      for (const offer of call.offers.filter((one) => one.visit >= 0))
        expect(call.visits[offer.visit]?.queue, JSON.stringify(offer)).to.equal(offer.queue);
    });
  });
});

describe('calls as they can happen', function () {
  this.timeout(60_000);

  it('are told without anything odd', () => {
    always(possible, (call) => expect(call.odd).to.deep.equal([]));
  });

  it('are over when the day is', () => {
    always(wholeDay, (call) => expect(call.endedAt, call.id).to.not.equal(null));
  });

  it('count every talk of an operator once: the time on the phone is the sum of the talks', () => {
    always(wholeDay, (call) => {
      for (const leg of call.legs) {
        const talks = call.talks.filter((talk) => talk.uniqueid === leg.uniqueid);
        const talked = talks.reduce((sum, talk) => sum + (until(talk.endedAt) - talk.startedAt), 0);
        expect(talked).to.be.at.most(until(leg.endedAt) - leg.startedAt);
      }
    });
  });
});

describe("every operator's day", function () {
  this.timeout(60_000);
  const days = (events: CallEvent[], check: (intervals: ReturnType<typeof timeline>) => void) => {
    const calls = folded(events);
    const said = changesOf(events);
    const operators = new Set([...said.keys(), ...calls.flatMap((call) => call.legs.map((leg) => leg.endpoint))]);
    for (const operator of operators) {
      const activities = calls.flatMap((call) =>
        call.legs.filter((leg) => leg.endpoint === operator).flatMap((leg) => activitiesOf(call, leg)),
      );
      check(timeline(said.get(operator) ?? [], activities));
    }
  };

  it('has exactly one state at every moment, and one that holds now', () => {
    fc.assert(
      fc.property(anything, (events) =>
        days(events, (intervals) => {
          if (intervals.length === 0) return;
          expect(intervals.filter((one) => one.endedAt === null)).to.have.length(1);
          expect(intervals.at(-1)?.endedAt).to.equal(null);
          for (const [n, one] of intervals.entries()) {
            expect(until(one.endedAt), JSON.stringify(intervals)).to.be.greaterThan(one.startedAt);
            const next = intervals[n + 1];
            if (next) expect(next.startedAt, JSON.stringify(intervals)).to.equal(one.endedAt);
          }
        }),
      ),
      RUNS,
    );
  });

  it('is never two states of one name side by side', () => {
    fc.assert(
      fc.property(anything, (events) =>
        days(events, (intervals) => {
          for (const [n, one] of intervals.entries()) {
            const next = intervals[n + 1];
            const same =
              next &&
              ['state', 'reason', 'call', 'queue'].every((key) =>
                Object.is(one[key as keyof typeof one], next[key as keyof typeof next]),
              );
            expect(same ?? false).to.equal(false);
          }
        }),
      ),
      RUNS,
    );
  });
});

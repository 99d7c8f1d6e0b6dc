import { expect } from 'chai';
import fc from 'fast-check';
import { derive } from '../../src/call/derive.js';
import { type CallEvent, EVENTS, formatLine, parseLine } from '../../src/call/event.js';
import { noFacts, note } from '../../src/call/facts.js';
import { byTime, fold, isOfCall } from '../../src/call/fold.js';
import { liveState } from '../../src/call/state.js';
import { allStories } from '../stories/story.js';

const T = 1_763_676_543_000;
const CHANNELS = ['PJSIP/trunk-1', 'PJSIP/101-1', 'PJSIP/102-1', 'Local/101@x-1;2'];

/** Any sequence of valid events of one call, however senseless. */
const anyEvents = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...Object.keys(EVENTS)),
      ms: fc.integer({ min: 0, max: 20_000 }),
      channel: fc.constantFrom(...CHANNELS),
      endpoint: fc.constantFrom('101', '102', 'trunk'),
      queue: fc.constantFrom('sales', 'support'),
      cause: fc.constantFrom(0, 16, 17, 21, 26, 34, 127),
      side: fc.constantFrom('caller', 'callee'),
      by: fc.constantFrom('', ...CHANNELS),
      status: fc.constantFrom('', 'TIMEOUT', 'BUSY', 'CANCEL', 'CHANUNAVAIL'),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((list) =>
    list.flatMap((one, i): CallEvent[] => {
      const { kind, ms, channel, status, ...rest } = one;
      const common = {
        v: 1,
        id: `x-${i}`,
        at: T + ms,
        pbx: 'pbx1',
        call: 'x',
        event: kind,
        channel,
        uniqueid: `u-${channel}`,
      };
      const more = {
        direction: 'in',
        from: '555-0101',
        to: '5550100',
        click: 'c1',
        verb: 'call',
        operator: '101',
        status,
      };
      const parsed = parseLine(formatLine({ ...common, ...rest, ...more }));
      return parsed.ok ? [parsed.event] : [];
    }),
  );

describe('fold', () => {
  it('takes any sequence of valid events without throwing', () => {
    fc.assert(
      fc.property(anyEvents, (events) => void fold('x', events)),
      { numRuns: 200 },
    );
  });

  it('does not depend on the order or on repeats', () => {
    const shuffledTwice = anyEvents.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
    );
    fc.assert(
      fc.property(shuffledTwice, ([events, mixed]) => {
        expect(fold('x', mixed)).to.deep.equal(fold('x', events));
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same call whether folded at once or one event after the other', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const facts = noFacts('x');
        for (const event of [...events].sort(byTime).filter(isOfCall)) {
          note(facts, event);
          derive(facts);
        }
        expect(derive(facts)).to.deep.equal(fold('x', events));
      }),
      { numRuns: 150 },
    );
  });

  it('keeps talks within their leg and no outcome open on a call that is over', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const call = fold('x', events);
        for (const talk of call.talks) if (talk.endedAt !== null) expect(talk.endedAt).to.be.at.least(talk.startedAt);
        for (const leg of call.legs) if (leg.endedAt !== null) expect(leg.endedAt).to.be.at.least(leg.startedAt);
        if (call.endedAt === null) return void liveState(call);
        expect(call.outcome).to.not.equal('in_progress');
        for (const offer of call.offers) expect(offer.outcome, 'offer').to.not.equal('in_progress');
        for (const visit of call.visits) expect(visit.outcome, 'visit').to.not.equal('in_progress');
      }),
      { numRuns: 200 },
    );
  });

  it('closes a call only when every channel that began has ended', () => {
    const story = allStories().find((s) => s.file.startsWith('12-'));
    const events = story?.events ?? [];
    expect(events.length).to.be.greaterThan(8);
    for (let n = 1; n < events.length; n += 1)
      expect(fold('x', events.slice(0, n)).endedAt, `after ${n} events`).to.equal(null);
    expect(fold('x', events).endedAt).to.be.a('number');
  });

  it("keeps the order of a channel's own events within one millisecond", () => {
    const line = (n: number, event: string, more: Record<string, string>) =>
      formatLine({
        v: 1,
        id: `x-u-${event}-1-${n}`,
        at: T,
        pbx: 'pbx1',
        call: 'x',
        event,
        channel: 'PJSIP/t-1',
        uniqueid: 'u',
        ...more,
      });
    const lines = [
      line(1, 'enter', { queue: 'a' }),
      line(2, 'leave', { queue: 'a', status: 'TIMEOUT' }),
      line(3, 'enter', { queue: 'a' }),
    ];
    const events = lines.flatMap((text) => {
      const parsed = parseLine(text);
      return parsed.ok ? [parsed.event] : [];
    });
    expect(fold('x', events).visits.map((v) => v.outcome)).to.deep.equal(['timeout', 'in_progress']);
  });

  it('says what is odd instead of refusing it', () => {
    const lost =
      allStories()
        .find((s) => s.file.startsWith('07-'))
        ?.events.slice(3) ?? [];
    const call = fold('x', lost);
    expect(call.odd).to.include('its start was never reported');
    expect(call.odd.join(' ')).to.contain('ended without having begun');
  });
});

import { expect } from 'chai';
import type { CallEvent, EventOf } from '../../src/call/event.js';
import { fold } from '../../src/call/fold.js';
import { createStory } from '../../src/simulator/story.js';
import { START, type Told, tell } from './told.js';

describe('simulator: story', () => {
  let told: Told;
  before(() => {
    told = tell({ seed: 42 }, 1800);
  });
  const events = <K extends CallEvent['event']>(kind: K) =>
    told.events.filter((event): event is EventOf<K> & CallEvent => event.event === kind);

  it('is written in lines that the server can read', () => {
    // tell() fails on the first line that parseLine refuses.
    expect(told.events.length).to.be.greaterThan(1500);
  });

  it('tells the same story for the same seed, however time is cut into pieces', () => {
    expect(tell({ seed: 42 }, 1800, 7919).lines).to.deep.equal(told.lines);
    expect(tell({ seed: 43 }, 1800).lines).to.not.deep.equal(told.lines);
  });

  it('gives every event an id of its own', () => {
    expect(new Set(told.events.map((event) => event.id)).size).to.equal(told.events.length);
  });

  it('names channels and unique ids as Asterisk does', () => {
    for (const event of told.events) {
      expect(event.channel).to.match(/^PJSIP\/(\d{3}|trunk1)-[0-9a-f]{8}$/);
      expect(event.uniqueid).to.match(/^17\d{8}\.\d+$/);
      expect(event.id).to.match(
        new RegExp(`^pbx1-${event.uniqueid.replace('.', '\\.')}-${event.event}-${event.at}-\\d+$`),
      );
    }
  });

  it('knows one channel by one unique id, and opens them in the order of the counter', () => {
    const names = new Map<string, string>();
    for (const { uniqueid, channel } of told.events) {
      expect(names.get(uniqueid) ?? channel).to.equal(channel);
      names.set(uniqueid, channel);
    }
    expect(new Set(names.values()).size).to.equal(names.size);
    const serial = [...names.keys()].map((id) => Number(id.split('.')[1]));
    expect(serial).to.deep.equal([...serial].sort((a, b) => a - b));
  });

  it('keeps the events of a call a millisecond apart, in order', () => {
    for (const call of told.calls.values())
      for (const [i, event] of call.entries()) if (i > 0) expect(event.at).to.be.greaterThan(call[i - 1]?.at ?? 0);
  });

  it('begins each call with a call event and ends every channel once, as the last thing it does', () => {
    for (const call of told.calls.values()) {
      expect(call[0]?.event).to.equal('call');
      const open = new Set<string>();
      const ended = new Set<string>();
      for (const event of call) {
        expect(ended.has(event.uniqueid), `${event.id} after the end`).to.equal(false);
        open.add(event.uniqueid);
        if (event.event === 'end') ended.add(event.uniqueid);
      }
      expect(ended).to.deep.equal(open);
    }
  });

  it('rings before an answer, enters before an offer, and says nothing of Dial() after a talk', () => {
    for (const call of told.calls.values()) {
      const kinds = (uniqueid: string) =>
        call.filter((event) => event.uniqueid === uniqueid).map((event) => event.event);
      for (const event of call) {
        if (event.event === 'answer') expect(String(kinds(event.uniqueid))).to.match(/^(offer|ring),answer(,end)?$/);
        if (event.event === 'offer')
          expect(
            call.some((other) => other.event === 'enter' && other.at < event.at && other.queue === event.queue),
          ).to.equal(true);
        // After a hand-over there was a talk before this Dial(), but none in it.
        if (event.event === 'dialed') {
          const dialledAt = call.findLast((other) => other.event === 'dial' && other.at <= event.at)?.at ?? 0;
          expect(call.some((other) => other.event === 'answer' && other.at >= dialledAt)).to.equal(false);
        }
      }
    }
  });

  it('hands callers over to colleagues now and then', () => {
    const handedOver = [...told.calls.values()].filter((call) => {
      const answered = call.findIndex((event) => event.event === 'answer' && event.queue !== '');
      return answered >= 0 && call.slice(answered).some((event) => event.event === 'ring');
    });
    expect(handedOver.length).to.be.greaterThan(0);
  });

  it('never rings a phone that rings or talks, nor an operator who paused or is away', () => {
    const busy = new Map<string, string>();
    const away = new Set<string>();
    for (const event of told.events) {
      if (event.event === 'offer') {
        expect(busy.get(event.endpoint), event.id).to.equal(undefined);
        expect(away.has(event.endpoint), event.id).to.equal(false);
      }
      if (event.event === 'offer' || event.event === 'answer') busy.set(event.endpoint, event.uniqueid);
      if (event.event === 'end' && busy.get(event.endpoint) === event.uniqueid) busy.delete(event.endpoint);
      if (event.event === 'pause' || event.event === 'logout') away.add(event.operator);
      if (event.event === 'unpause' || event.event === 'login') away.delete(event.operator);
    }
  });

  it('ends the losers of a ring-all as answered elsewhere, before the answer', () => {
    const losers = events('end').filter((event) => event.cause === 26);
    expect(losers).to.not.be.empty;
    for (const loser of losers)
      expect(told.calls.get(loser.call)?.some((event) => event.event === 'answer' && event.at > loser.at)).to.equal(
        true,
      );
  });

  it('runs the two handlers of a hangup in no fixed order', () => {
    const firsts = new Set<string>();
    for (const call of told.calls.values()) {
      const [a, b] = call.slice(-2);
      if (
        a?.event === 'end' &&
        b?.event === 'end' &&
        a.side !== b.side &&
        call.some((event) => event.event === 'answer')
      )
        firsts.add(a.side);
    }
    expect(firsts).to.deep.equal(new Set(['caller', 'callee']));
  });

  it('has everything a day has', () => {
    const calls = [...told.calls].map(([id, list]) => fold(id, list));
    const words = (list: readonly string[]) => [...new Set(list)];
    expect(calls.flatMap((call) => call.odd)).to.deep.equal([]);
    expect(words(calls.map((call) => call.direction))).to.have.members(['in', 'out', 'internal']);
    expect(words(calls.map((call) => call.outcome))).to.include.members([
      'answered',
      'abandoned',
      'no_answer',
      'busy',
      'unrouted',
      'unreachable',
    ]);
    const visits = calls.flatMap((call) => call.visits);
    expect(words(visits.map((visit) => visit.outcome))).to.include.members([
      'answered',
      'abandoned',
      'timeout',
      'exit_key',
    ]);
    expect(
      visits.some((visit) => visit.outcome === 'abandoned' && (visit.wait ?? 0) <= 5000),
      'a short abandon',
    ).to.equal(true);
    const offers = calls.flatMap((call) => call.offers);
    expect(words(offers.map((offer) => offer.outcome))).to.include.members([
      'answered',
      'rang_out',
      'rejected',
      'caller_gone',
      'answered_elsewhere',
    ]);
    expect(words(told.events.map((event) => event.event))).to.include.members(['login', 'logout', 'pause', 'unpause']);
    expect(events('pause').every((event) => event.reason !== '')).to.equal(true);
    for (const talk of calls.flatMap((call) => call.talks))
      expect((talk.endedAt ?? 0) - talk.startedAt).to.be.at.most(121_000);
  });

  it('uses no number of anybody, and names in two scripts', () => {
    const numbers = events('call')
      .flatMap((event) => [event.from, event.to])
      .filter((number) => number.length > 3);
    for (const number of numbers) expect(number).to.match(/^(\+99800\d{7}|55501\d\d)$/);
    const names = events('call')
      .map((event) => event.name)
      .join(' ');
    expect(names)
      .to.match(/[A-Za-z]/)
      .and.to.match(/[А-Яа-я]/);
  });

  it('is alive within seconds', () => {
    const story = createStory({ seed: 1, operators: 14, queues: 4, callsPerMinute: 14, startAt: START });
    story.advance(START + 3000);
    expect(story.figures().operators).to.be.at.least(10);
    const early = tell({ seed: 1 }, 8).events.filter((event) => event.event === 'enter');
    expect(new Set(early.map((event) => event.queue)).size).to.be.at.least(3);
  });

  it('goes faster when asked, and still in order', () => {
    const fast = tell({ seed: 42, speed: 60 }, 30);
    expect(fast.events.length).to.be.closeTo(told.events.length, told.events.length / 10);
    expect(Math.max(...fast.events.map((event) => event.at)) - START).to.be.at.most(31_000);
    expect([...fast.calls].flatMap(([id, list]) => fold(id, list).odd)).to.deep.equal([]);
  });

  it('ends politely at any moment: every channel ends, everybody logs out', () => {
    for (let second = 0; second < 120; second += 7) {
      const { calls, events: all } = tell({ seed: 9 }, second);
      for (const [id, list] of calls) expect(fold(id, list).endedAt, id).to.not.equal(null);
      const online = new Set<string>();
      for (const event of all) {
        if (event.event === 'login') online.add(event.operator);
        if (event.event === 'logout') online.delete(event.operator);
      }
      expect([...online]).to.deep.equal([]);
    }
  });

  it('says nothing more after its end', () => {
    const story = createStory({ seed: 1, operators: 5, queues: 2, callsPerMinute: 60, startAt: START });
    story.finish(START + 5000);
    expect(story.nextAt()).to.equal(null);
    expect(story.advance(START + 60_000)).to.deep.equal([]);
  });
});

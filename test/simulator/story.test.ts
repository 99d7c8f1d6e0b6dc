import { expect } from 'chai';
import { type CallEvent, type EventOf, OPERATOR_EVENTS } from '../../src/call/event.js';
import { fold } from '../../src/call/fold.js';
import { OFF_DUTY, type Presence, presenceAfter } from '../../src/call/timeline.js';
import { createStory } from '../../src/simulator/story.js';
import { START, type Told, tell } from './told.js';

type OfOperator = EventOf<(typeof OPERATOR_EVENTS)[number]>;
const isOfOperator = (event: CallEvent): event is OfOperator =>
  (OPERATOR_EVENTS as readonly string[]).includes(event.event);

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
      expect(event.channel).to.match(
        event.event === 'wrapped' && event.how === 'timeout'
          ? /^Local\/s@dialhook-wrapping-[0-9a-f]{8};2$/
          : /^PJSIP\/(\d{3}|trunk1)-[0-9a-f]{8}$/,
      );
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
    // A wrap-up's channel is opened when it begins, and speaks when it is over.
    const phones = [...names].filter(([, channel]) => channel.startsWith('PJSIP/')).map(([uniqueid]) => uniqueid);
    const serial = phones.map((id) => Number(id.split('.')[1]));
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
          const answered = call.filter(
            (other) => other.event === 'answer' && other.at >= dialledAt && other.at < event.at,
          );
          expect(answered).to.deep.equal([]);
        }
      }
    }
  });

  it('never rings a phone that rings or talks, nor an operator who paused, wraps up or is away', () => {
    const busy = new Map<string, string>();
    const away = new Set<string>();
    const untilOf = new Map<string, number>();
    const key = (why: string, operator: string) => `${why} ${operator}`;
    for (const event of told.events) {
      if (event.event === 'offer') {
        expect([...busy.values()], event.id).to.not.include(event.endpoint);
        for (const why of ['pause', 'wrapup', 'logout'])
          expect(away.has(key(why, event.endpoint)), `${event.id} ${why}`).to.equal(false);
      }
      if (event.event === 'offer' || event.event === 'answer' || event.event === 'call')
        busy.set(event.uniqueid, event.endpoint);
      if (event.event === 'end') busy.delete(event.uniqueid);
      if (event.event === 'pause' || event.event === 'wrapup' || event.event === 'logout')
        away.add(key(event.event, event.operator));
      if (event.event === 'unpause') away.delete(key('pause', event.operator));
      if (event.event === 'login') for (const why of ['pause', 'logout']) away.delete(key(why, event.operator));
      if (event.event === 'wrapped') {
        expect(away.delete(key('wrapup', event.operator)), event.id).to.equal(true);
        if (event.how === 'timeout') expect(event.at).to.be.closeTo(untilOf.get(event.operator) ?? 0, 600);
      }
      if (event.event === 'wrapup') untilOf.set(event.operator, event.until);
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
    const calls = told.stories;
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
      'voicemail',
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
      expect((talk.endedAt ?? 0) - talk.startedAt).to.be.at.most(180_000);
  });

  it('has operators who hand on, park and ask first, and menus and messages', () => {
    const steps = told.stories.flatMap((call) => call.steps.map((step) => `${step.step} ${step.outcome}`));
    expect(steps).to.include.members([
      'transfer blind',
      'transfer attended',
      'park retrieved',
      'park came_back',
      'voicemail left',
      'menu 1',
      'menu timeout',
      'menu invalid',
      'menu hung_up',
    ]);
    expect(told.stories.some((call) => call.joined.length > 0 && call.steps.some((s) => s.step === 'park'))).to.equal(
      true,
    );
    const wrapped = events('wrapped');
    expect(new Set(wrapped.map((event) => event.how))).to.deep.equal(new Set(['done', 'timeout']));
    const talked = told.stories.flatMap((call) => call.talks).filter((talk) => talk.queue !== '');
    expect(wrapped.length / talked.length).to.be.within(0.4, 1);
  });

  it('has none of that unless it is asked for', () => {
    const plain = tell({ seed: 42, wrapup: 0, extras: 0 }, 600);
    const kinds = new Set(plain.events.map((event) => event.event));
    for (const kind of ['wrapup', 'transfer', 'park', 'voicemail', 'menu'] as const)
      expect(kinds.has(kind), kind).to.equal(false);
    expect(plain.stories.every((call) => call.joined.length === 0)).to.equal(true);
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
    expect(fast.stories.flatMap((call) => call.odd)).to.deep.equal([]);
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

  it('leaves every operator off duty at its end, whatever the operator was doing', () => {
    for (let second = 20; second < 220; second += 13) {
      const { events: all } = tell({ seed: 5, wrapup: 30 }, second);
      const presence = new Map<string, Presence>();
      const said = [...all].sort((a, b) => a.at - b.at).filter(isOfOperator);
      for (const event of said) {
        const reason = event.event === 'pause' ? event.reason : '';
        const change = { at: event.at, id: event.id, event: event.event, reason, until: null, queue: '' };
        presence.set(event.operator, presenceAfter(presence.get(event.operator) ?? OFF_DUTY, change));
      }
      for (const [operator, now] of presence) expect(now, `${operator} after ${second} s`).to.deep.equal(OFF_DUTY);
    }
  });

  it('says nothing more after its end', () => {
    const story = createStory({ seed: 1, operators: 5, queues: 2, callsPerMinute: 60, startAt: START });
    story.finish(START + 5000);
    expect(story.nextAt()).to.equal(null);
    expect(story.advance(START + 60_000)).to.deep.equal([]);
  });
});

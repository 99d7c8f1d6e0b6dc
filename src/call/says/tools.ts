// What the rooms beside this share: opening a channel, noting an oddity, closing what a channel left behind.
import type { Step, StepKind } from '../call.js';
import type { CallEvent, EventKind, EventOf } from '../event.js';
import type { ChannelFacts, Facts } from '../facts.js';

/** What each kind of event says of a call. */
export type Says = { [K in EventKind]?: (facts: Facts, event: EventOf<K>) => void };

/** The channel an event is about, made known if it was not. */
export function open(
  facts: Facts,
  event: Pick<CallEvent, 'uniqueid' | 'channel' | 'at' | 'source'>,
  met: ChannelFacts['met'] = 'other',
): ChannelFacts {
  let channel = facts.channels.get(event.uniqueid);
  if (channel) {
    if (channel.met === 'other') channel.met = met;
    if (event.source === 'hook') channel.source = 'hook';
    return channel;
  }
  channel = {
    uniqueid: event.uniqueid,
    channel: event.channel,
    met,
    endpoint: '',
    queue: '',
    dialler: '',
    device: '',
    openedAt: event.at,
    answeredAt: null,
    endedAt: null,
    cause: null,
    tech: '',
    by: '',
    attended: '',
    handedOn: false,
    dialstatus: '',
    queuestatus: '',
    lost: false,
    source: event.source === 'ami' ? 'ami' : 'hook',
  };
  facts.channels.set(event.uniqueid, channel);
  return channel;
}

/** A channel that enters another queue, dials, or is parked has left the queue it was in, whether somebody said so or not. */
export function moveOn(facts: Facts, event: { uniqueid: string; at: number }): void {
  for (const visit of facts.visits) {
    if (visit.uniqueid !== event.uniqueid || visit.leftAt !== null) continue;
    visit.leftAt = event.at;
    visit.status = 'MOVED';
  }
}

/**
 * The newest of some visits or dials of a channel. A channel that took another's place says the end of what that one began:
 * so it may be the newest of one whose own channel is gone, but never what somebody else of the story is still in.
 */
export const lastOf = <T extends { uniqueid: string }>(
  facts: Facts,
  all: readonly T[],
  event: { uniqueid: string },
): T | undefined =>
  all.findLast((one) => one.uniqueid === event.uniqueid || heirOf(facts, one.uniqueid) === event.uniqueid) ??
  all.findLast((one) => (facts.channels.get(one.uniqueid)?.endedAt ?? null) !== null);

/** The channel that took another's place and goes on with what that one did (shape.ts tells how it is known). */
function heirOf(facts: Facts, uniqueid: string): string | undefined {
  const first = named(facts, facts.channels.get(uniqueid)?.attended ?? '');
  return named(facts, first?.attended ?? '')?.uniqueid;
}

/** Notes an oddity once. */
export function odd(facts: Facts, what: string): void {
  if (facts.odd.length < 20 && !facts.odd.includes(what)) facts.odd.push(what);
}

/** The channel that carries a name; the youngest, because a name may come again. */
export const named = (facts: Facts, name: string): ChannelFacts | undefined =>
  name === '' ? undefined : [...facts.channels.values()].filter((c) => c.channel === name).at(-1);

/** `PJSIP/101-0000002a` is endpoint 101, when the channel itself is not known. */
export const endpointOf = (facts: Facts, name: string): string =>
  named(facts, name)?.endpoint ||
  (/^[^/]+\/(.+)-[0-9a-f]{8}(;[12])?$/i.exec(name)?.[1] ?? /^[^/]+\/([^-]+)/.exec(name)?.[1] ?? '');

/** A hook and the manager interface may tell of one thing: within this, ms, they are one. */
export const SAME_THING = 3000;

/** A channel does these once at a time: what is told again while it lasts is the same, however late the other clock is. */
const ALONE = new Set<StepKind>(['park', 'conference', 'spy']);

type Told = Pick<CallEvent, 'uniqueid' | 'at' | 'source'>;
type StepWords = Partial<Pick<Step, 'what' | 'outcome' | 'detail' | 'operator' | 'length'>>;

/**
 * Adds a step, or completes the one that was told already: the hook's word counts, the other fills what is empty. `endedAt`
 * null begins a stretch.
 */
export function step(facts: Facts, kind: StepKind, event: Told, words: StepWords, endedAt: number | null): Step {
  const told = facts.steps.findLast(
    (s) =>
      s.step === kind &&
      s.uniqueid === event.uniqueid &&
      s.source !== event.source &&
      (event.at - s.startedAt <= SAME_THING || (ALONE.has(kind) && s.endedAt === null)) &&
      (words.outcome === undefined || s.outcome === '' || s.outcome === words.outcome),
  );
  const fresh: Step = {
    step: kind,
    operator: '',
    uniqueid: event.uniqueid,
    startedAt: event.at,
    endedAt,
    what: '',
    outcome: '',
    detail: '',
    length: null,
    source: event.source,
    ...words,
  };
  if (!told) {
    facts.steps.push(fresh);
    return fresh;
  }
  const hooks = event.source === 'hook' ? fresh : told;
  const others = hooks === fresh ? told : fresh;
  told.what = hooks.what || others.what;
  told.outcome = hooks.outcome || others.outcome;
  told.detail = hooks.detail || others.detail;
  told.operator = hooks.operator || others.operator;
  told.length = hooks.length ?? others.length;
  told.source = hooks.source;
  return told;
}

/** The stretch that an event ends: the one that still lasts, or the one whose end the other source told a moment ago. */
export const ending = (facts: Facts, kind: StepKind, event: Told): Step | undefined =>
  running(facts, kind, event.uniqueid) ??
  facts.steps.findLast(
    (s) =>
      s.step === kind &&
      s.uniqueid === event.uniqueid &&
      s.endedAt !== null &&
      s.endedAt > s.startedAt &&
      event.at - s.endedAt <= SAME_THING,
  );

/** The step of a kind on a channel that still lasts. */
export const running = (facts: Facts, kind: StepKind, uniqueid: string): Step | undefined =>
  facts.steps.findLast((s) => s.step === kind && s.uniqueid === uniqueid && s.endedAt === null);

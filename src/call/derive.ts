// Pure. Second half of the fold: from what the events said to the call, its legs, visits, offers and talks.
import { diallerOf, edgesOf } from './bridges.js';
import type { Call, CallOutcome, Leg, Offer, OfferOutcome, Visit } from './call.js';
import type { ChannelFacts, Facts, VisitFacts } from './facts.js';
import {
  callOutcomeOfRing,
  callOutcomeOfVisit,
  dialOutcome,
  type RingContext,
  ringOutcome,
  visitOutcome,
} from './outcome.js';
import { isLocal, type Shape, shapeOf } from './shape.js';
import { toSteps } from './story-steps.js';
import { toTalks } from './talks.js';

/** Judges the facts of one story. */
export function derive(facts: Facts): Call {
  const shape = shapeOf(facts);
  const edges = edgesOf(facts, shape);
  const visits = shape.visits.map((visit) => toVisit(facts, visit, shape));
  const legs = shape.people.map((channel) => toLeg(facts, channel, shape, visits));
  const steps = toSteps(facts, shape, edges);
  const talks = toTalks(facts, shape, edges, steps);
  const endedAt = endOf(facts);
  const outcome = endedAt === null ? 'in_progress' : outcomeOf(facts, shape, { visits, legs, talks, steps });
  const { started, found } = shape.root;
  return {
    id: shape.root.id,
    pbx: facts.pbx,
    direction: started?.direction ?? 'in',
    from: started?.from ?? found?.from ?? '',
    name: started?.name ?? '',
    to: started?.to ?? found?.to ?? facts.dials[0]?.to ?? '',
    trunk: started?.trunk || (facts.dials.find((d) => d.trunk)?.trunk ?? ''),
    endpoint: started?.endpoint ?? '',
    click: started?.click ?? '',
    parent: started?.parent ?? '',
    joined: [...facts.calls.keys()].filter((id) => id !== shape.root.id).sort(),
    linkedid: shape.root.linkedid,
    startedAt: Math.min(...[...facts.calls.values()].map((call) => call.firstAt)),
    answeredAt: talks.length > 0 ? Math.min(...talks.map((t) => t.startedAt)) : null,
    endedAt,
    outcome,
    endedBy: endedAt === null ? '' : endedBy(shape, outcome),
    odd: started ? facts.odd : ['its start was never reported', ...facts.odd],
    events: facts.events,
    legs,
    plumbing: plumbingOf(facts),
    visits,
    offers: toOffers(facts, shape, visits),
    talks,
    steps,
  };
}

const plumbingOf = (facts: Facts): Call['plumbing'] =>
  [...facts.channels.values()]
    .filter(isLocal)
    .map(({ uniqueid, channel, openedAt, endedAt }) => ({ uniqueid, channel, startedAt: openedAt, endedAt }));

/**
 * When the one who dialled gave up while a Dial() rang; null if an answer came, the dialler still lives, or Dial() came back by
 * itself (then its `dialed` event says how).
 */
function gaveUpAt(facts: Facts, dialler: ChannelFacts | undefined, rung: readonly ChannelFacts[]): number | null {
  if (rung.some((c) => c.answeredAt !== null) || !dialler || dialler.lost) return null;
  const status = facts.dials.findLast((d) => d.uniqueid === dialler.uniqueid)?.status ?? '';
  return status === '' || status === 'CANCEL' ? dialler.endedAt : null;
}

function toVisit(facts: Facts, visit: VisitFacts, shape: Shape): Visit {
  const answer = shape.people
    .filter((c) => c.queue === visit.queue && c.answeredAt !== null && c.answeredAt >= visit.enteredAt)
    .filter((c) => c.dialler === visit.uniqueid || !shape.visits.some((other) => other.uniqueid === c.dialler))
    .filter((c) => visit.leftAt === null || (c.answeredAt ?? 0) <= visit.leftAt)
    .sort((a, b) => (a.answeredAt ?? 0) - (b.answeredAt ?? 0))[0];
  const waiting = facts.channels.get(visit.uniqueid);
  const callerEndedAt = waiting?.endedAt ?? null;
  const leftAt = visit.leftAt ?? callerEndedAt;
  const until = answer?.answeredAt ?? leftAt;
  return {
    queue: visit.queue,
    enteredAt: visit.enteredAt,
    priority: visit.priority,
    position: visit.position,
    answeredAt: answer?.answeredAt ?? null,
    operator: answer?.endpoint ?? '',
    leftAt,
    outcome: visitOutcome(visit, answer !== undefined, callerEndedAt, waiting?.lost ?? false),
    wait: until === null ? null : Math.max(0, until - visit.enteredAt),
  };
}

/** Index of the visit during which a queue rang this channel; -1 when the queue's entry was never reported. */
function visitOf(channel: ChannelFacts, visits: readonly { queue: string; enteredAt: number }[]): number {
  return visits.findLastIndex((v) => v.queue === channel.queue && v.enteredAt <= channel.openedAt);
}

/** Visits that ended on the caller's side: a phone that rang just then was not let ring by anybody. */
const CALLER_LEFT = new Set(['abandoned', 'exit_key', 'moved', 'withdrawn']);

function ringContext(facts: Facts, channel: ChannelFacts, shape: Shape, visits: readonly Visit[]): RingContext {
  const visit = channel.queue === '' ? undefined : visits[visitOf(channel, visits)];
  if (visit) return { answeredAt: visit.answeredAt, gaveUpAt: CALLER_LEFT.has(visit.outcome) ? visit.leftAt : null };
  const dialler = diallerOf(channel, facts, shape);
  const rung = shape.people.filter(
    (c) => c !== shape.caller && c.queue === '' && diallerOf(c, facts, shape) === dialler,
  );
  const other = rung.find((c) => c !== channel && c.answeredAt !== null);
  return { answeredAt: other?.answeredAt ?? null, gaveUpAt: gaveUpAt(facts, dialler, rung) };
}

function toLeg(facts: Facts, channel: ChannelFacts, shape: Shape, visits: readonly Visit[]): Leg {
  return {
    uniqueid: channel.uniqueid,
    channel: channel.channel,
    role: channel === shape.caller ? 'caller' : shape.trunks.has(channel.endpoint) ? 'trunk' : 'device',
    endpoint: channel.endpoint,
    queue: channel.queue,
    startedAt: channel.openedAt,
    answeredAt: channel.answeredAt,
    endedAt: channel.endedAt,
    cause: channel.cause,
    tech: channel.tech,
    outcome: legOutcome(facts, channel, shape, visits),
    waiting: IN_USE.has(channel.device),
    source: channel.source,
  };
}

/** Asterisk's words for a device that somebody already talks on. */
const IN_USE = new Set(['inuse', 'busy', 'ringinuse', 'onhold']);

function legOutcome(facts: Facts, channel: ChannelFacts, shape: Shape, visits: readonly Visit[]): Leg['outcome'] {
  if (channel.met === 'offer' || channel.met === 'ring') {
    const forwarded = facts.steps.find(
      (s) => s.step === 'forward' && s.outcome === 'phone' && s.detail === channel.endpoint,
    );
    // A phone that sent the call on missed nothing, and its own ring is over.
    if (forwarded && channel.answeredAt === null && channel.endedAt !== null) return 'answered_elsewhere';
    return ringOutcome(channel, ringContext(facts, channel, shape, visits));
  }
  if (channel.lost) return 'lost';
  if (channel === shape.caller || channel.met === 'other') return 'caller';
  return channel.answeredAt === null ? 'placed' : 'answered';
}

/** One offer for each ring of a member by a queue; behind a Local member it is the ring of the device that the member dials. */
function toOffers(facts: Facts, shape: Shape, visits: readonly Visit[]): Offer[] {
  const offers: Offer[] = [];
  for (const channel of shape.channels.values()) {
    if (channel.met !== 'offer') continue;
    const devices = behind(channel, shape);
    const device = devices.find((d) => d.answeredAt !== null) ?? devices[0];
    const rung = device ?? channel;
    const outcome = legOutcome(facts, { ...rung, met: 'offer', queue: channel.queue }, shape, visits);
    const until = rung.answeredAt ?? rung.endedAt;
    if (!isRing(outcome)) continue;
    offers.push({
      visit: visitOf(channel, shape.visits),
      queue: channel.queue,
      operator: channel.endpoint,
      uniqueid: rung.uniqueid,
      offeredAt: channel.openedAt,
      endedAt: until,
      ring: until === null ? null : Math.max(0, until - channel.openedAt),
      outcome,
    });
  }
  return offers;
}

/** The devices that a Local member's own dialplan rang. */
function behind(channel: ChannelFacts, shape: Shape): ChannelFacts[] {
  const inner = isLocal(channel) ? shape.pipes.get(channel.uniqueid)?.uniqueid : undefined;
  return inner === undefined ? [] : shape.people.filter((c) => c.dialler === inner);
}

/** A rung device has the outcome of its ring. */
const isRing = (outcome: Leg['outcome']): outcome is OfferOutcome =>
  outcome !== 'caller' && outcome !== 'placed' && outcome !== 'lost';

/** A call is over when every channel that began has ended. */
function endOf(facts: Facts): number | null {
  let last: number | null = null;
  for (const channel of facts.channels.values()) {
    if (channel.endedAt === null) return null;
    last = Math.max(last ?? 0, channel.endedAt);
  }
  return last;
}

type Told = Pick<Call, 'visits' | 'legs' | 'talks' | 'steps'>;

function outcomeOf(facts: Facts, shape: Shape, { visits, legs, talks, steps }: Told): CallOutcome {
  if (talks.length > 0 || steps.some((s) => s.step === 'spy' || s.step === 'conference')) return 'answered';
  if (facts.unrouted !== null) return 'unrouted';
  if (shape.main?.lost) return 'lost';
  if (steps.some((s) => s.step === 'voicemail' && s.outcome === 'left')) return 'voicemail';
  const lastVisit = visits.at(-1);
  const lastDial = facts.dials.at(-1);
  // A queue that overflowed into a Dial() is judged by what came last.
  if (lastVisit && (!lastDial || lastVisit.enteredAt > lastDial.at))
    return callOutcomeOfVisit(lastVisit.outcome) ?? 'no_answer';
  const dialed = dialOutcome(lastDial, shape.main?.dialstatus ?? '');
  if (dialed && lastDial) return dialed;
  const caller = legs.find((leg) => leg.role === 'caller');
  const ring = caller && isRing(caller.outcome) ? callOutcomeOfRing(caller.outcome) : null;
  if (!lastDial && steps.some((s) => s.step === 'menu')) return 'abandoned';
  return ring ?? dialed ?? 'failed';
}

/**
 * Who ended the call. After a talk: who left it first. Without one: the caller who gave up, or the phone that refused; a
 * refusal in a queue that went on is no end. Asterisk names the caller's own channel also when the PBX turned the call away.
 */
function endedBy(shape: Shape, outcome: CallOutcome): Call['endedBy'] {
  const { caller, people } = shape;
  if (outcome === 'unrouted') return 'system';
  const answered = people.filter((c) => c !== caller && c.answeredAt !== null);
  const last = answered.sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))[0];
  const by = (last?.by ?? '') || (caller?.by ?? '');
  if (by !== '' && by === caller?.channel) return 'caller';
  if (last) return people.some((c) => c.channel === by) ? 'callee' : 'system';
  const refused = outcome === 'busy' || outcome === 'rejected';
  return refused && people.some((c) => c !== caller && c.by === c.channel) ? 'callee' : 'system';
}

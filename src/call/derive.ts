// Pure. Second half of the fold: from what the events said to the call, its legs, visits, offers and talks.
import type { Call, CallOutcome, Leg, Offer, OfferOutcome, Talk, Visit } from './call.js';
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
import { toTalks } from './talks.js';

/** Judges the facts of one call. */
export function derive(facts: Facts): Call {
  const shape = shapeOf(facts);
  const visits = facts.visits.map((visit) => toVisit(facts, visit, shape));
  const legs = shape.people.map((channel) => toLeg(facts, channel, shape, visits));
  const talks = toTalks(facts, shape);
  const endedAt = endOf(facts);
  const outcome = endedAt === null ? 'in_progress' : outcomeOf(facts, shape, visits, legs, talks);
  const started = facts.started;
  return {
    id: facts.id,
    pbx: facts.pbx,
    direction: started?.direction ?? 'in',
    from: started?.from ?? '',
    name: started?.name ?? '',
    to: started?.to ?? facts.dials[0]?.to ?? '',
    trunk: started?.trunk || (facts.dials.find((d) => d.trunk)?.trunk ?? ''),
    endpoint: started?.endpoint ?? '',
    click: started?.click ?? '',
    parent: started?.parent ?? '',
    joined: [],
    linkedid: facts.linkedid,
    startedAt: started?.at ?? facts.firstAt,
    answeredAt: talks.length > 0 ? Math.min(...talks.map((t) => t.startedAt)) : null,
    endedAt,
    outcome,
    endedBy: endedAt === null ? '' : endedBy(shape, outcome),
    odd: started ? facts.odd : ['its start was never reported', ...facts.odd],
    events: facts.events,
    legs,
    plumbing: plumbingOf(facts),
    visits,
    offers: toOffers(facts, shape, legs),
    talks,
    steps: [],
  };
}

const plumbingOf = (facts: Facts): Call['plumbing'] =>
  [...facts.channels.values()]
    .filter(isLocal)
    .map(({ uniqueid, channel, openedAt, endedAt }) => ({ uniqueid, channel, startedAt: openedAt, endedAt }));

/**
 * When the caller gave up while a Dial() rang; null if an answer came, the call still runs, or Dial() came back by itself
 * (then its `dialed` event says how).
 */
function gaveUpAt(facts: Facts, shape: Shape): number | null {
  const answered = shape.people.some((c) => c !== shape.caller && c.answeredAt !== null);
  if (answered || !shape.main || shape.main.lost) return null;
  const status = facts.dials.at(-1)?.status ?? '';
  return status === '' || status === 'CANCEL' ? shape.main.endedAt : null;
}

function toVisit(facts: Facts, visit: VisitFacts, shape: Shape): Visit {
  const answer = shape.people
    .filter((c) => c.queue === visit.queue && c.answeredAt !== null && c.answeredAt >= visit.enteredAt)
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
    position: null,
    answeredAt: answer?.answeredAt ?? null,
    operator: answer?.endpoint ?? '',
    leftAt,
    outcome: visitOutcome(visit, answer !== undefined, callerEndedAt, waiting?.lost ?? false),
    wait: until === null ? null : until - visit.enteredAt,
  };
}

/** Index of the visit during which a queue rang this channel; -1 when the queue's entry was never reported. */
function visitOf(channel: ChannelFacts, visits: readonly { queue: string; enteredAt: number }[]): number {
  return visits.findLastIndex((v) => v.queue === channel.queue && v.enteredAt <= channel.openedAt);
}

/** Visits that ended on the caller's side: a phone that rang just then was not let ring by anybody. */
const CALLER_LEFT = new Set(['abandoned', 'exit_key', 'moved', 'withdrawn']);

function ringContext(facts: Facts, channel: ChannelFacts, shape: Shape, visits: readonly Visit[]): RingContext {
  const visit = channel.met === 'offer' ? visits[visitOf(channel, visits)] : undefined;
  if (visit) return { answeredAt: visit.answeredAt, gaveUpAt: CALLER_LEFT.has(visit.outcome) ? visit.leftAt : null };
  const others = shape.people.filter(
    (c) => c !== channel && c !== shape.caller && c.answeredAt !== null && c.queue === '',
  );
  return { answeredAt: others[0]?.answeredAt ?? null, gaveUpAt: gaveUpAt(facts, shape) };
}

function toLeg(facts: Facts, channel: ChannelFacts, shape: Shape, visits: readonly Visit[]): Leg {
  const isCaller = channel === shape.caller;
  const rung = channel.met === 'offer' || channel.met === 'ring';
  const outcome =
    channel.lost && !rung ? 'lost' : rung ? ringOutcome(channel, ringContext(facts, channel, shape, visits)) : 'caller';
  return {
    uniqueid: channel.uniqueid,
    channel: channel.channel,
    role: isCaller ? 'caller' : shape.trunks.has(channel.endpoint) ? 'trunk' : 'device',
    endpoint: channel.endpoint,
    queue: channel.queue,
    startedAt: channel.openedAt,
    answeredAt: channel.answeredAt,
    endedAt: channel.endedAt,
    cause: channel.cause,
    tech: channel.tech,
    outcome,
    waiting: false,
    source: 'hook',
  };
}

function toOffers(facts: Facts, shape: Shape, legs: readonly Leg[]): Offer[] {
  const offers: Offer[] = [];
  for (const [i, channel] of shape.people.entries()) {
    const outcome = legs[i]?.outcome;
    if (channel.met !== 'offer' || outcome === undefined || !isRing(outcome)) continue;
    const until = channel.answeredAt ?? channel.endedAt;
    offers.push({
      visit: visitOf(channel, facts.visits),
      queue: channel.queue,
      operator: channel.endpoint,
      uniqueid: channel.uniqueid,
      offeredAt: channel.openedAt,
      endedAt: until,
      ring: until === null ? null : until - channel.openedAt,
      outcome,
    });
  }
  return offers;
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

function outcomeOf(facts: Facts, shape: Shape, visits: Visit[], legs: Leg[], talks: Talk[]): CallOutcome {
  if (talks.length > 0) return 'answered';
  if (facts.unrouted !== null) return 'unrouted';
  if (shape.main?.lost) return 'lost';
  const lastVisit = visits.at(-1);
  const lastDial = facts.dials.at(-1);
  // A queue that overflowed into a Dial() is judged by what came last.
  if (lastVisit && (!lastDial || lastVisit.enteredAt > lastDial.at))
    return callOutcomeOfVisit(lastVisit.outcome) ?? 'no_answer';
  const dialed = dialOutcome(lastDial, shape.main?.dialstatus ?? '');
  if (dialed && lastDial) return dialed;
  const caller = legs.find((leg) => leg.role === 'caller');
  const ring = caller && isRing(caller.outcome) ? callOutcomeOfRing(caller.outcome) : null;
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
  const last = answered.sort((a, b) => (b.answeredAt ?? 0) - (a.answeredAt ?? 0))[0];
  const by = (last?.by ?? '') || (caller?.by ?? '');
  if (by !== '' && by === caller?.channel) return 'caller';
  if (last) return by === last.channel ? 'callee' : 'system';
  const refused = outcome === 'busy' || outcome === 'rejected';
  return refused && people.some((c) => c !== caller && c.by === c.channel) ? 'callee' : 'system';
}

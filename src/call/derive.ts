// Pure. Second half of the fold: from what the events said to the call, its legs, visits, offers and talks.
import type { Call, CallOutcome, Leg, Offer, Talk, Visit } from './call.js';
import type { ChannelFacts, Facts, VisitFacts } from './facts.js';
import {
  callOutcomeOfRing,
  callOutcomeOfVisit,
  dialOutcome,
  type RingContext,
  ringOutcome,
  visitOutcome,
} from './outcome.js';

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
  };
}

/** Who is who among the channels of a call. */
interface Shape {
  /** Channels that a person or a trunk holds: all but Local plumbing. */
  people: ChannelFacts[];
  /** The leg that started the call; for a click, the operator's own phone. */
  caller: ChannelFacts | undefined;
  /** The channel the dialplan ran on as the caller: the caller's leg, or the Local channel of a click. */
  main: ChannelFacts | undefined;
  trunks: Set<string>;
}

const isLocal = (channel: ChannelFacts) => channel.channel.startsWith('Local/');

const plumbingOf = (facts: Facts): Call['plumbing'] =>
  [...facts.channels.values()]
    .filter(isLocal)
    .map(({ uniqueid, channel, openedAt, endedAt }) => ({ uniqueid, channel, startedAt: openedAt, endedAt }));

function shapeOf(facts: Facts): Shape {
  const channels = [...facts.channels.values()];
  const main = channels.find((c) => c.met === 'call') ?? channels.find((c) => c.met === 'other');
  const people = channels.filter((c) => !isLocal(c)).map((c) => withoutLateAnswer(c, main));
  const own = facts.started?.endpoint ?? '';
  const caller =
    main && isLocal(main)
      ? people.find((c) => c.endpoint === own && own !== '')
      : people.find((c) => c.uniqueid === main?.uniqueid);
  const trunks = new Set(facts.dials.map((d) => d.trunk).filter((t) => t !== ''));
  return { people, caller, main, trunks };
}

/** The caller may hang up in the instant a phone is picked up: nobody was there to talk with, so that is no answer. */
function withoutLateAnswer(channel: ChannelFacts, main: ChannelFacts | undefined): ChannelFacts {
  const gone = main?.endedAt ?? null;
  // A channel that was opened after the caller had gone was never meant for the caller: a transfer by the one who called.
  const meant = gone !== null && channel !== main && channel.openedAt <= gone;
  const late = meant && channel.answeredAt !== null && channel.answeredAt > gone;
  return late ? { ...channel, answeredAt: null } : channel;
}

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
  };
}

function toOffers(facts: Facts, shape: Shape, legs: readonly Leg[]): Offer[] {
  const offers: Offer[] = [];
  for (const [i, channel] of shape.people.entries()) {
    const outcome = legs[i]?.outcome;
    if (channel.met !== 'offer' || outcome === undefined || outcome === 'caller' || outcome === 'lost') continue;
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

function toTalks(facts: Facts, shape: Shape): Talk[] {
  return shape.people
    .filter((channel) => channel !== shape.caller && channel.answeredAt !== null)
    .flatMap((channel) => talksOf(channel, facts, shape));
}

/** The talk of one answered leg: one row for each operator in it. */
function talksOf(channel: ChannelFacts, facts: Facts, shape: Shape): Talk[] {
  const startedAt = channel.answeredAt ?? channel.openedAt;
  const other = otherSide(channel, startedAt, shape);
  const common = { queue: channel.queue, uniqueid: channel.uniqueid, startedAt, endedAt: talkEnd(channel, other) };
  const talks: Talk[] = [];
  const outside = shape.trunks.has(channel.endpoint);
  if (!outside) {
    const party = nameOf(other, facts, shape);
    talks.push({ ...common, operator: channel.endpoint, party, endedBy: leftFirst(channel, other) });
  }
  // The operator who placed the call talks too; on an internal call both sides are operators.
  const own = facts.started?.endpoint ?? '';
  if (own !== '' && other === shape.caller) {
    const party = nameOf(channel, facts, shape);
    talks.push({ ...common, operator: own, party, queue: '', endedBy: leftFirst(other, channel) });
  }
  return talks;
}

/** With whom a leg talks: the caller, or, when the caller has handed over and left, whoever was still there. */
function otherSide(channel: ChannelFacts, from: number, shape: Shape): ChannelFacts | undefined {
  const there = (c: ChannelFacts | undefined) => c !== undefined && (c.endedAt === null || c.endedAt >= from);
  if (!shape.caller || there(shape.caller)) return shape.caller;
  const left = shape.people.filter((c) => c !== channel && c !== shape.caller && c.answeredAt !== null && there(c));
  return left.at(-1) ?? shape.caller;
}

/** The number or the endpoint by which the other side of a talk is known. */
function nameOf(side: ChannelFacts | undefined, facts: Facts, shape: Shape): string {
  if (side && side !== shape.caller) {
    if (!shape.trunks.has(side.endpoint)) return side.endpoint;
    return facts.dials.findLast((dial) => dial.at <= side.openedAt)?.to || facts.started?.to || '';
  }
  return facts.started?.from || facts.started?.endpoint || (side?.endpoint ?? '');
}

/** A talk ends when the first of its two sides leaves; both say so within milliseconds of each other. */
function talkEnd(channel: ChannelFacts, caller: ChannelFacts | undefined): number | null {
  const begun = channel.answeredAt ?? 0;
  // A caller who left before this talk began was not in it: somebody else's transfer made it.
  const ends = [channel.endedAt, caller?.endedAt ?? null].filter((at) => at !== null && at >= begun) as number[];
  return ends.length === 0 ? null : Math.min(...ends);
}

/** Within this both sides of a talk end by one hangup, ms; a side that lives longer was left behind: a transfer. */
const TOGETHER = 2500;

/** Who of a bridge's two sides left first, from their ends and from what either handler saw as the source of the hangup. */
function leftFirst(operator: ChannelFacts | undefined, party: ChannelFacts | undefined): Talk['endedBy'] {
  const [own, other] = [operator?.endedAt ?? null, party?.endedAt ?? null];
  if (own === null && other === null) return '';
  if (own !== null && (other === null || other - own > TOGETHER)) return 'operator';
  if (other !== null && (own === null || own - other > TOGETHER)) return 'party';
  const by = operator?.by || party?.by || '';
  if (by !== '' && by === operator?.channel) return 'operator';
  if (by !== '' && by === party?.channel) return 'party';
  return 'system';
}

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
  const ring =
    caller && caller.outcome !== 'caller' && caller.outcome !== 'lost' ? callOutcomeOfRing(caller.outcome) : null;
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

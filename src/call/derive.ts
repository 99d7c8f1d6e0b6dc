// Pure. Second half of the fold: from what the events said to the call, its legs, visits, offers and talks.
import { edgesOf, meetingsOf } from './bridges.js';
import type { Call, CallOutcome, Leg, Offer, OfferOutcome, Visit } from './call.js';
import { type ChannelFacts, type DialFacts, type Facts, namedFirst, type VisitFacts } from './facts.js';
import { callOutcomeOfRing, callOutcomeOfVisit, dialOutcome, ONE_HANGUP, visitOutcome } from './outcome.js';
import { type JudgeRing, judgeOfRings, visitOf } from './rings.js';
import { isLocal, type Shape, shapeOf } from './shape.js';
import { toSteps } from './story-steps.js';
import { toTalks } from './talks.js';

/** Judges the facts of one story. */
export function derive(facts: Facts): Call {
  const shape = shapeOf(facts);
  const edges = edgesOf(facts, shape);
  const waiting = new Set(shape.visits.map((visit) => visit.uniqueid));
  const visits = shape.visits.map((visit) => toVisit(facts, visit, shape, waiting));
  const judge = judgeOfRings(facts, shape, visits);
  const legs = shape.people.map((channel) => toLeg(channel, shape, judge));
  const steps = toSteps(facts, shape, edges);
  const meetings = meetingsOf(edges, shape);
  const talks = toTalks(facts, shape, { edges, meetings, steps });
  const endedAt = endOf(facts);
  const outcome =
    endedAt === null
      ? 'in_progress'
      : outcomeOf(facts, shape, { visits, legs, talks, steps, met: meetings.length > 0 });
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
    answeredAt: firstOf([...talks.map((t) => t.startedAt), ...meetings.map((m) => m.from)]),
    endedAt,
    outcome,
    endedBy: endedAt === null ? '' : endedBy(shape, outcome),
    odd: started ? facts.odd : ['its start was never reported', ...facts.odd],
    events: facts.events,
    legs,
    plumbing: plumbingOf(facts),
    visits,
    offers: toOffers(shape, judge),
    talks,
    steps,
  };
}

const plumbingOf = (facts: Facts): Call['plumbing'] =>
  [...facts.channels.values()]
    .filter(isLocal)
    .map(({ uniqueid, channel, openedAt, endedAt }) => ({ uniqueid, channel, startedAt: openedAt, endedAt }));

function toVisit(facts: Facts, visit: VisitFacts, shape: Shape, waiting: ReadonlySet<string>): Visit {
  const answer = shape.people
    .filter((c) => c.queue === visit.queue && c.answeredAt !== null && c.answeredAt >= visit.enteredAt)
    .filter((c) => c.dialler === visit.uniqueid || !waiting.has(c.dialler))
    .filter((c) => visit.leftAt === null || (c.answeredAt ?? 0) <= visit.leftAt)
    .sort((a, b) => (a.answeredAt ?? 0) - (b.answeredAt ?? 0))[0];
  const caller = facts.channels.get(visit.uniqueid);
  const callerEndedAt = caller?.endedAt ?? null;
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
    outcome: visitOutcome(visit, answer !== undefined, callerEndedAt, caller?.lost ?? false),
    wait: until === null ? null : Math.max(0, until - visit.enteredAt),
  };
}

function toLeg(channel: ChannelFacts, shape: Shape, judge: JudgeRing): Leg {
  const role = channel === shape.caller ? 'caller' : shape.trunks.has(channel.endpoint) ? 'trunk' : 'device';
  return {
    uniqueid: channel.uniqueid,
    channel: channel.channel,
    role,
    endpoint: channel.endpoint,
    queue: channel.queue,
    dialled: role === 'trunk' ? dialledFor(shape, channel) : '',
    startedAt: channel.openedAt,
    answeredAt: channel.answeredAt,
    endedAt: channel.endedAt,
    cause: channel.cause,
    tech: channel.tech,
    outcome: legOutcome(channel, shape, judge),
    waiting: IN_USE.has(channel.device),
    source: channel.source,
  };
}

/** What was dialled to reach a trunk's channel: the last way outside of its dialler before it began; of anybody, where an old hook named no dialler. */
const dialledFor = ({ dials }: Shape, { dialler, openedAt }: ChannelFacts): string =>
  dials.findLast((d) => d.trunk !== '' && (dialler === '' || d.uniqueid === dialler) && d.at <= openedAt)?.to ?? '';

/** Asterisk's words for a device that somebody already talks on. */
const IN_USE = new Set(['inuse', 'busy', 'ringinuse', 'onhold']);

function legOutcome(channel: ChannelFacts, shape: Shape, judge: JudgeRing): Leg['outcome'] {
  if (channel.met === 'offer' || channel.met === 'ring') return judge(channel);
  if (channel.lost) return 'lost';
  if (channel === shape.caller || channel.met === 'other') return 'caller';
  return channel.answeredAt === null ? 'placed' : 'answered';
}

/** One offer for each ring of a member by a queue; behind a Local member it is the ring of the device that the member dials. */
function toOffers(shape: Shape, judge: JudgeRing): Offer[] {
  const offers: Offer[] = [];
  for (const channel of shape.channels.values()) {
    if (channel.met !== 'offer') continue;
    const devices = behind(channel, shape);
    const device = devices.find((d) => d.answeredAt !== null) ?? devices[0];
    const rung = device ?? channel;
    const outcome = legOutcome({ ...rung, met: 'offer', queue: channel.queue }, shape, judge);
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

/** A device that is rung through a Local channel is dialled by that one's other half: not the call's own way. */
function isBehindRing(dial: DialFacts, shape: Shape): boolean {
  const met = shape.pipes.get(dial.uniqueid)?.met;
  return met === 'offer' || met === 'ring';
}

const firstOf = (times: readonly number[]): number | null => (times.length > 0 ? Math.min(...times) : null);

/** `met`: two people could hear each other, operators or not: a caller who is sent on to a number outside was answered there. */
type Told = Pick<Call, 'visits' | 'legs' | 'talks' | 'steps'> & { met: boolean };

function outcomeOf(facts: Facts, shape: Shape, { visits, legs, talks, steps, met }: Told): CallOutcome {
  if (met || talks.length > 0 || steps.some((s) => s.step === 'spy' || s.step === 'conference')) return 'answered';
  if (facts.unrouted !== null) return 'unrouted';
  if (shape.main?.lost) return 'lost';
  if (steps.some((s) => s.step === 'voicemail' && s.outcome === 'left')) return 'voicemail';
  const lastVisit = visits.at(-1);
  const lastDial = facts.dials.findLast((d) => !isBehindRing(d, shape));
  // A queue that overflowed into a Dial() is judged by what came last.
  if (lastVisit && (!lastDial || lastVisit.enteredAt > lastDial.at))
    return callOutcomeOfVisit(lastVisit.outcome) ?? 'no_answer';
  const dialed = dialOutcome(lastDial, shape.main?.dialstatus ?? '');
  if (dialed && lastDial) return dialed;
  const caller = legs.find((leg) => leg.role === 'caller');
  const ring = caller && isRing(caller.outcome) ? callOutcomeOfRing(caller.outcome) : null;
  // Who hangs up on an announcement, or before anything was done, gave up.
  const gaveUp = shape.root.started?.direction === 'in' && shape.main?.by === shape.main?.channel;
  if (!lastDial && (gaveUp || steps.some((s) => s.step === 'menu'))) return 'abandoned';
  return ring ?? dialed ?? 'failed';
}

/**
 * Who ended the call. After a talk: who left it first. Without one: the caller who gave up, or the phone that refused; a
 * refusal in a queue that went on is no end. Asterisk names the caller's own channel also when the PBX turned the call away.
 */
function endedBy(shape: Shape, outcome: CallOutcome): Call['endedBy'] {
  const { caller, people } = shape;
  if (outcome === 'unrouted') return 'system';
  // Who handed the call on did not end it.
  const answered = people.filter((c) => c !== caller && c.answeredAt !== null && !c.handedOn);
  const last = answered.sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))[0];
  const by = namedFirst(last?.by ?? '', caller?.by ?? '') || (last ? namedWith(last, shape) : '');
  // A phone that refused ended the call, also when the PBX then waits for the caller to hang up: it names the caller's channel.
  const refused = outcome === 'busy' || outcome === 'rejected';
  if (refused && !last && people.some((c) => c !== caller && c.by === c.channel)) return 'callee';
  if (by !== '' && by === caller?.channel) return 'caller';
  if (last) return people.some((c) => c.channel === by) ? 'callee' : 'system';
  return 'system';
}

/**
 * Behind a Local channel a hangup reaches the far end without the name of who hung up: it stands at the ends nearer by.
 */
function namedWith(last: ChannelFacts, { channels, people }: Shape): string {
  const names = new Set(people.map((c) => c.channel));
  const together = [...channels.values()].filter((c) => Math.abs((c.endedAt ?? 0) - (last.endedAt ?? 0)) <= ONE_HANGUP);
  return together.find((c) => names.has(c.by))?.by ?? '';
}

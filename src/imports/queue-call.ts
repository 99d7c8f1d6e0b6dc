// Pure. What queue_log tells of a call: its visits, offers and talks. It knows them better than cdr, which cel may know better still.
import type { Call, Leg, Offer, Talk, Visit, VisitOutcome } from '../call/call.js';
import { callOf, outcomeOf } from './queue-alone.js';
import type { QueueFact } from './queue-line.js';
import { PBX_ANSWERED } from './rings.js';
import { idOf, memberOf } from './text.js';

const SECOND = 1000;
const NO_END = 'queue_log has no end of a visit';
const NO_ENTRY = 'queue_log has no entry for what it tells of a visit';

const LEFT: Record<string, VisitOutcome> = {
  ABANDON: 'abandoned',
  EXITWITHTIMEOUT: 'timeout',
  EXITWITHKEY: 'exit_key',
  EXITEMPTY: 'exit_empty',
  WITHDRAW: 'withdrawn',
  JOINEMPTY: 'join_empty',
  JOINUNAVAIL: 'join_empty',
  FULL: 'full',
  CLOSED: 'closed',
};
/** Where the words of a transfer begin, and who ended the talk. */
const ENDED: Record<string, { by: Talk['endedBy']; hold: number }> = {
  COMPLETEAGENT: { by: 'operator', hold: 0 },
  COMPLETECALLER: { by: 'party', hold: 0 },
  BLINDTRANSFER: { by: 'transfer', hold: 2 },
  TRANSFER: { by: 'transfer', hold: 2 },
  ATTENDEDTRANSFER: { by: 'transfer', hold: 2 },
};

const OF_CALL = new Set([
  'DID',
  'ENTERQUEUE',
  'CONNECT',
  'RINGNOANSWER',
  'RINGCANCELED',
  ...Object.keys(LEFT),
  ...Object.keys(ENDED),
]);

/** A line that tells of a caller. An operator who logs in by a code does so in a call too, and is none for that. */
export const isOfCall = (fact: QueueFact): boolean => fact.callid !== '' && OF_CALL.has(fact.event);

export interface Told {
  visits: Visit[];
  offers: Offer[];
  talks: Talk[];
  from: string;
  did: string;
  odd: string[];
  /** Queues' transfers: when, who, whereto. */
  transfers: { at: number; by: string; to: string }[];
}

/** A call with its queue part as queue_log tells it. Without a call one is made, as far as queue_log goes. */
export function applyQueue(call: Call | null, facts: readonly QueueFact[], pbx: string): Call {
  const told = tell([...facts].sort((a, b) => a.at - b.at));
  const callid = facts[0]?.callid ?? '';
  if (!call) return callOf(told, facts, callid, pbx);
  const talks = call.talks.map((talk) => better(talk, told, call));
  const missing = told.talks.filter((talk) => !call.talks.some((own) => same(own, talk)));
  const all = [...talks, ...missing].sort((a, b) => a.startedAt - b.startedAt);
  const doubted = call.odd.includes(PBX_ANSWERED);
  const answeredAt = all.length > 0 ? Math.min(...all.map((talk) => talk.startedAt)) : call.answeredAt;
  return {
    ...call,
    legs: call.legs.map((leg) => legWith(leg, told, doubted)),
    talks: all,
    visits: told.visits.map((visit, n) =>
      call.visits.length === told.visits.length ? exact(visit, call.visits[n]) : visit,
    ),
    offers: told.offers.map((offer) => exactOffer(offer, call.offers)),
    answeredAt,
    outcome: all.length > 0 ? 'answered' : (outcomeOf(told) ?? call.outcome),
    to: told.did !== '' && !/^[+*#]?\d/.test(call.to) ? told.did : call.to,
    odd: [...new Set([...call.odd.filter((word) => word !== PBX_ANSWERED), ...told.odd])],
  };
}

/** Goes through the lines of one call in their order. */
function tell(facts: readonly QueueFact[]): Told {
  const told: Told = { visits: [], offers: [], talks: [], from: '', did: '', odd: [], transfers: [] };
  for (const fact of facts) {
    if (fact.event === 'DID') told.did = fact.data[0];
    else if (fact.event === 'ENTERQUEUE') enter(told, fact);
    else if (LEFT[fact.event] !== undefined) leave(told, fact, LEFT[fact.event] ?? 'abandoned');
    else if (fact.event === 'RINGNOANSWER' || fact.event === 'RINGCANCELED') rang(told, fact);
    else if (fact.event === 'CONNECT') connect(told, fact);
    else if (ENDED[fact.event]) complete(told, fact);
  }
  for (const visit of told.visits) {
    if (visit.outcome === 'in_progress') told.odd.push(NO_END);
  }
  return told;
}

function enter(told: Told, { at, queue, data }: QueueFact): void {
  told.from ||= data[1];
  told.visits.push({
    ...{ queue, enteredAt: at, priority: null, position: Number(data[2]) || null, answeredAt: null, operator: '' },
    ...{ leftAt: null, outcome: 'in_progress', wait: null },
  });
}

/** The visit that a line belongs to; one without an entry (its file was rotated away) is made up and marked. */
function visitOf(told: Told, fact: QueueFact, waited: number): Visit {
  const last = told.visits.findLast((visit) => visit.queue === fact.queue);
  if (last) return last;
  told.odd.push(NO_ENTRY);
  enter(told, { ...fact, at: fact.at - waited, data: ['', '', '', '', ''] });
  return told.visits.at(-1) as Visit;
}

const secondsOf = (text: string) => Math.max(0, Number(text) || 0) * SECOND;

function leave(told: Told, fact: QueueFact, outcome: VisitOutcome): void {
  // A key's line has the key first: the wait is one further.
  const wait = secondsOf(outcome === 'exit_key' ? fact.data[3] : fact.data[2]);
  const visit = visitOf(told, fact, wait);
  Object.assign(visit, { outcome, leftAt: fact.at, wait: Math.max(0, fact.at - visit.enteredAt) });
}

function rang(told: Told, fact: QueueFact): void {
  const ring = Math.max(0, Number(fact.data[0]) || 0);
  visitOf(told, fact, ring);
  // A phone that refuses or is not there is let ring for no time at all; queue_log has one word for all of it.
  const outcome = fact.event === 'RINGCANCELED' ? 'caller_gone' : ring < 100 ? 'rejected' : 'rang_out';
  offer(told, fact, ring, outcome);
}

function offer(told: Told, fact: QueueFact, ring: number, outcome: Offer['outcome']): void {
  const visit = told.visits.findLastIndex((one) => one.queue === fact.queue);
  const operator = memberOf(fact.agent);
  told.offers.push({
    ...{ visit, queue: fact.queue, operator, uniqueid: fact.event === 'CONNECT' ? idOf(fact.data[1]) : '' },
    ...{ offeredAt: fact.at - ring, endedAt: fact.at, ring, outcome },
  });
}

function connect(told: Told, fact: QueueFact): void {
  const visit = visitOf(told, fact, secondsOf(fact.data[0]));
  offer(told, fact, secondsOf(fact.data[2]), 'answered');
  const operator = memberOf(fact.agent);
  Object.assign(visit, {
    answeredAt: fact.at,
    operator,
    outcome: 'answered',
    wait: Math.max(0, fact.at - visit.enteredAt),
  });
  told.talks.push({
    ...{ operator, party: told.from, queue: fact.queue, uniqueid: idOf(fact.data[1]) || operator },
    ...{ startedAt: fact.at, endedAt: null, hold: 0, endedBy: '' },
  });
}

function complete(told: Told, fact: QueueFact): void {
  const { by, hold } = ENDED[fact.event] ?? { by: '', hold: 0 };
  const talked = secondsOf(fact.data[hold + 1] ?? '');
  const visit = visitOf(told, fact, talked);
  const operator = memberOf(fact.agent);
  const talk = told.talks.findLast(
    (one) => one.queue === fact.queue && one.operator === operator && one.endedAt === null,
  );
  if (talk) Object.assign(talk, { endedAt: fact.at, endedBy: by });
  visit.leftAt = fact.at;
  if (by === 'transfer') told.transfers.push({ at: fact.at, by: operator, to: fact.data[0] });
}

const NEAR = 2500;
const same = (a: Talk, b: Talk) =>
  a.uniqueid === b.uniqueid ||
  (a.operator === b.operator && (a.endedAt === null || b.startedAt < a.endedAt) && b.startedAt >= a.startedAt - NEAR);

/** A talk as cdr and queue_log tell it together: who knows milliseconds keeps them. */
function better(talk: Talk, told: Told, call: Call): Talk {
  const match = told.talks.find((one) => same(talk, one));
  if (!match) return talk;
  const startedAt = call.odd.includes(PBX_ANSWERED) ? match.startedAt : talk.startedAt;
  return {
    ...talk,
    queue: match.queue,
    uniqueid: match.uniqueid,
    startedAt,
    endedAt: talk.endedAt ?? match.endedAt,
    endedBy: talk.endedBy || match.endedBy,
  };
}

function legWith(leg: Leg, told: Told, doubted: boolean): Leg {
  const talk = told.talks.find(
    (one) =>
      one.operator === leg.endpoint &&
      leg.answeredAt !== null &&
      leg.role === 'device' &&
      one.startedAt >= leg.startedAt - NEAR &&
      one.startedAt <= (leg.endedAt ?? one.startedAt),
  );
  if (!talk) return leg;
  return { ...leg, queue: talk.queue, uniqueid: talk.uniqueid, answeredAt: doubted ? talk.startedAt : leg.answeredAt };
}

/** Keeps milliseconds where both mean the same second. */
const finer = (rough: number | null, fine: number | null | undefined): number | null =>
  rough !== null && fine != null && fine % SECOND !== 0 && Math.abs(fine - rough) <= NEAR ? fine : rough;

function exact(visit: Visit, known: Visit | undefined): Visit {
  if (!known || known.queue !== visit.queue) return visit;
  const enteredAt = finer(visit.enteredAt, known.enteredAt) ?? visit.enteredAt;
  const answeredAt = finer(visit.answeredAt, known.answeredAt);
  const leftAt = finer(visit.leftAt, known.leftAt);
  const end = visit.outcome === 'answered' ? answeredAt : leftAt;
  return { ...visit, enteredAt, answeredAt, leftAt, wait: end === null ? null : Math.max(0, end - enteredAt) };
}

function exactOffer(offer: Offer, known: readonly Offer[]): Offer {
  const match = known.find(
    (one) => one.operator === offer.operator && Math.abs((one.endedAt ?? 0) - (offer.endedAt ?? 0)) <= NEAR,
  );
  if (!match) return offer;
  const endedAt = finer(offer.endedAt, match.endedAt) ?? offer.offeredAt;
  const offeredAt = finer(offer.offeredAt, match.offeredAt) ?? offer.offeredAt;
  const outcome = offer.outcome === 'rang_out' && match.outcome === 'rejected' ? 'rejected' : offer.outcome;
  return {
    ...offer,
    uniqueid: offer.uniqueid || match.uniqueid,
    offeredAt,
    endedAt,
    ring: Math.max(0, endedAt - offeredAt),
    outcome,
  };
}

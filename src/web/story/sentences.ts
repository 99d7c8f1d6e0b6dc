// Pure. A call told aloud: one sentence for each thing that happened, in the order of the clock.
import type { Call, Leg, Offer, Talk, Visit } from '../../call/call.js';
import { inWords } from '../format.js';
import { outcomeWords } from '../state.js';
import { capital, listed, type People } from './people.js';
import { type Told, tellStep } from './steps.js';

export interface Sentence extends Told {
  /** When it began, ms. */
  at: number;
  /** `ami`: no hook saw it, the manager interface did; `server`: a rule said it. */
  source: 'hook' | 'ami' | 'server';
  /** Something that went wrong for the caller or was missed by an operator. */
  bad?: boolean;
}

/** Rings that begin within this belong to one round, ms. */
const ONE_ROUND = 1_000;
/** Two things this near are one, ms: whoever takes a call is on the line when the step is told. */
const NEAR = 3_000;

/** Everything that happened, as sentences. */
export function sentencesOf(call: Call, people: People): Sentence[] {
  const told = [
    begin(call, people),
    ...call.visits.flatMap((visit) => visitSentences(visit, people)),
    ...rounds(call.offers).map((round) => offerSentence(round, people)),
    ...call.legs.flatMap((leg) => legSentences(leg, call, people)),
    ...call.steps.map((step): Sentence => ({ ...tellStep(step, people), at: step.startedAt, source: step.source })),
    ...talksOnce(call.talks).map((talk) => talkSentence(talk, people)),
    ...end(call, people),
  ];
  // Stable: what began at one moment stays in the order above, which is the order of cause and effect.
  return told.sort((a, b) => a.at - b.at);
}

function begin(call: Call, people: People): Sentence {
  const at = call.startedAt;
  const never = call.odd.includes('its start was never reported');
  const to = call.to === '' ? '' : ` ${people.called}`;
  if (never) {
    const unseen = call.legs.every((leg) => leg.source === 'ami');
    const text = unseen
      ? 'No hook announced this call: what is known of it was seen by comparing with the PBX.'
      : 'Known from here on: the beginning of this call was never reported.';
    return { at, icon: 'seen', source: unseen ? 'ami' : 'hook', text };
  }
  const trunk = call.trunk === '' ? '' : `, through ${call.trunk}`;
  if (call.direction === 'in') {
    const from = call.from === '' ? 'Somebody without a number' : people.caller;
    return { at, icon: 'in', source: 'hook', text: `${from} called${to}${trunk}.` };
  }
  const click = call.click === '' ? '' : ', by a click';
  const { caller } = people;
  return {
    at,
    icon: call.direction === 'out' ? 'out' : 'internal',
    source: 'hook',
    text: `${caller} called${to}${trunk}${click}.`,
  };
}

function visitSentences(visit: Visit, { queue }: People): Sentence[] {
  const name = queue(visit.queue);
  const refused = REFUSALS[visit.outcome];
  if (refused !== undefined)
    return [
      {
        at: visit.enteredAt,
        icon: 'waiting',
        source: 'hook',
        bad: true,
        text: `${name} did not take the call: ${refused}.`,
      },
    ];
  const place = visit.position === null ? '' : `, place ${visit.position}`;
  const joined: Sentence = {
    at: visit.enteredAt,
    icon: 'waiting',
    source: 'hook',
    text: `Joined the queue ${name}${place}.`,
  };
  const left = LEAVES[visit.outcome];
  if (left === undefined || visit.leftAt === null) return [joined];
  const waited = inWords(visit.wait ?? visit.leftAt - visit.enteredAt);
  const bad = visit.outcome !== 'moved' && visit.outcome !== 'withdrawn';
  return [
    joined,
    { at: visit.leftAt, icon: 'waiting', source: 'hook', bad, text: `${left} ${name}, after ${waited}.` },
  ];
}

const REFUSALS: Partial<Record<Visit['outcome'], string>> = {
  join_empty: 'no operator was there',
  full: 'it was full',
  closed: 'it was closed',
};
const LEAVES: Partial<Record<Visit['outcome'], string>> = {
  abandoned: 'The caller gave up in',
  timeout: 'Nobody answered in time in',
  exit_key: 'Left by a key',
  exit_empty: 'No operator was left in',
  withdrawn: 'Taken out of',
  moved: 'Moved on from',
};

/** Offers of one visit that began together, as in ring-all. */
function rounds(offers: readonly Offer[]): Offer[][] {
  const found: Offer[][] = [];
  for (const offer of [...offers].sort((a, b) => a.offeredAt - b.offeredAt)) {
    const round = found.at(-1);
    const first = round?.[0];
    if (round && first && first.visit === offer.visit && offer.offeredAt - first.offeredAt <= ONE_ROUND)
      round.push(offer);
    else found.push([offer]);
  }
  return found;
}

function offerSentence(round: readonly Offer[], { queue, who }: People): Sentence {
  const [first] = round;
  const at = first?.offeredAt ?? 0;
  const name = queue(first?.queue ?? '');
  const bad = round.every((offer) => MISSED.has(offer.outcome));
  if (round.length === 1 && first)
    return {
      at,
      icon: bad ? 'missed' : 'ringing',
      source: 'hook',
      bad,
      text: `${name} rang ${who(first.operator)}: ${ringWords(first.outcome, first.ring)}.`,
    };
  const answered = round.find((offer) => offer.outcome === 'answered');
  const missed = round.filter((offer) => MISSED.has(offer.outcome)).map((offer) => who(offer.operator));
  const outcome = [
    answered ? `${who(answered.operator)} ${ringWords('answered', answered.ring)}` : '',
    missed.length > 0 ? `missed by ${listed(missed)}` : '',
  ].filter(Boolean);
  const rang = `${name} rang ${listed(round.map((offer) => who(offer.operator)))} at once`;
  return { at, icon: bad ? 'missed' : 'ringing', source: 'hook', bad, text: `${[rang, ...outcome].join(': ')}.` };
}

const MISSED = new Set<string>(['rang_out', 'rejected', 'unreachable']);

/** How a ring ended, in words that fit behind a colon. */
function ringWords(outcome: string, ring: number | null): string {
  const after = ring === null ? '' : ` after ${inWords(ring)}`;
  if (outcome === 'answered') return `answered${after}`;
  if (outcome === 'rang_out') return ring === null ? 'not answered' : `not answered for ${inWords(ring)}`;
  if (outcome === 'rejected') return `rejected${after}`;
  if (outcome === 'unreachable') return 'the phone could not be reached';
  if (outcome === 'caller_gone') return `the caller was gone${after}`;
  if (outcome === 'answered_elsewhere') return 'a colleague was faster';
  return outcome === 'in_progress' ? 'it rings' : outcomeWords(outcome);
}

/** Rings outside the queues, and calls that an operator made in the middle of it. */
function legSentences(leg: Leg, call: Call, people: People): Sentence[] {
  const base = { at: leg.startedAt, source: leg.source } as const;
  if (leg.outcome === 'placed') {
    const why = call.joined.length > 0 ? ', and that call became part of this one' : '';
    return [{ ...base, icon: 'internal', text: `${people.who(leg.endpoint)} made another call${why}.` }];
  }
  if (leg.role === 'caller' || leg.queue !== '' || tookIt(leg, call)) return [];
  const ring = (leg.answeredAt ?? leg.endedAt) === null ? null : (leg.answeredAt ?? leg.endedAt ?? 0) - leg.startedAt;
  const busy = leg.waiting ? ', which was in use' : '';
  const where = leg.role === 'trunk' ? `Dialled through ${leg.endpoint}` : `Rang ${people.who(leg.endpoint)}${busy}`;
  const bad = MISSED.has(leg.outcome);
  return [
    {
      ...base,
      icon: bad ? 'missed' : leg.role === 'trunk' ? 'out' : 'ringing',
      bad,
      text: `${where}: ${ringWords(leg.outcome, ring)}.`,
    },
  ];
}

/** Whether nobody rang this phone: it called to take a parked or a ringing call, and the step tells of that. */
const tookIt = (leg: Leg, call: Call): boolean =>
  call.steps.some(
    (step) =>
      (step.step === 'pickup' && step.uniqueid === leg.uniqueid) ||
      (step.step === 'park' &&
        step.detail.endsWith(` to ${leg.endpoint}`) &&
        Math.abs((step.endedAt ?? 0) - leg.startedAt) <= NEAR),
  );

/** Two operators who talk with each other have a talk each: it is told once. */
function talksOnce(talks: readonly Talk[]): Talk[] {
  const mirrored = (a: Talk, b: Talk) =>
    a.operator === b.party && a.party === b.operator && Math.abs(a.startedAt - b.startedAt) <= NEAR;
  return talks.filter((talk, i) => !talks.slice(0, i).some((before) => mirrored(talk, before)));
}

function talkSentence(talk: Talk, { who, party, queue }: People): Sentence {
  const both = `${who(talk.operator)} and ${party(talk.party)}`;
  const held = talk.hold > 0 ? `, ${inWords(talk.hold)} of it on hold` : '';
  const base = { at: talk.startedAt, icon: 'talking', source: 'hook' } as const;
  const of = talk.queue === '' ? '' : ` (${queue(talk.queue)})`;
  if (talk.endedAt === null) return { ...base, text: `${both} are talking${of}${held}.` };
  const ended = {
    operator: `; ${who(talk.operator)} hung up`,
    party: `; ${party(talk.party)} hung up`,
    transfer: '; then the call went on',
    system: '; the PBX ended it',
    '': '',
  }[talk.endedBy];
  return { ...base, text: `${both} talked for ${inWords(talk.endedAt - talk.startedAt)}${of}${held}${ended}.` };
}

function end(call: Call, people: People): Sentence[] {
  if (call.endedAt === null) return [];
  const whole = inWords(call.endedAt - call.startedAt);
  const what =
    call.outcome === 'answered' || call.outcome === 'abandoned' ? '' : ` ${capital(outcomeWords(call.outcome))}.`;
  const bad = call.outcome !== 'answered';
  return [
    {
      at: call.endedAt,
      icon: 'hang',
      source: 'hook',
      bad,
      text: `${endWords(call, people)}, ${whole} after it began.${what}`,
    },
  ];
}

/** Who ended the call, as a sentence without its full stop. */
export function endWords(call: Call, people: People): string {
  const last = call.talks.findLast((talk) => talk.endedAt !== null);
  if (call.outcome === 'abandoned')
    return call.direction === 'in' ? 'The caller gave up' : `${people.who(call.endpoint || call.from)} gave up`;
  if (call.endedBy === 'caller')
    return `${call.direction === 'in' ? 'The caller' : people.who(call.endpoint || call.from)} hung up`;
  if (call.endedBy === 'callee' && last?.endedBy === 'operator') return `${people.who(last.operator)} hung up`;
  if (call.endedBy === 'callee') return 'The side that was called hung up';
  return call.endedBy === 'system' ? 'The PBX ended it' : 'The call was over';
}

// Pure. One call's story as its page shows it: head, drawing, what happened in plain words, figures, events.
import type { Call } from '../../call/call.js';
import { liveState } from '../../call/state.js';
import { DASH, inWords, nameIn, running, storyPath } from '../format.js';
import { callMarks } from '../monitor-rows.js';
import { callSign, outcomeSign, outcomeWords } from '../state.js';
import { drawingOf } from './drawing.js';
import { type Names, peopleOf } from './people.js';
import { rawEvents } from './raw.js';
import { endWords, sentencesOf } from './sentences.js';

export interface StoryOptions extends Names {
  /** Lines of its events, as they are still kept. */
  lines: readonly string[];
  /** ms; where a call that still runs is cut off. */
  now: number;
  /** What is known of the number outside. */
  client: { name: string; company: string; vip: boolean } | null;
  /** Writers of a moment: date and time of day, time of day, time with milliseconds. */
  clock: { date(at: number): string; second(at: number): string; exact(at: number): string };
}

/** Rows of the offers at most; the rest is counted. A caller who waits long with all phones ringing makes hundreds. */
const MOST = 200;

export type StoryView = ReturnType<typeof storyView>;

/** Everything on the page of a call. */
export function storyView(call: Call, options: StoryOptions) {
  const { clock, lines, now, write } = options;
  const people = peopleOf(call, options);
  const told = sentencesOf(call, people);
  const offset = (at: number) => running(at - call.startedAt);
  const raw = rawEvents(lines, { call: call.id, write, clock: clock.exact });
  return {
    title: `${people.caller} → ${people.called}`,
    head: headOf(call, options, people),
    drawing: drawingOf(call, people, now),
    told: told.map(({ at, icon, text, source, bad }) => ({
      ...{ icon, text, bad: bad === true, offset: offset(at), at: clock.second(at) },
      // What a hook said needs no mark: that is how it should be.
      seen: source === 'ami' ? SEEN.ami : source === 'server' ? SEEN.server : '',
    })),
    visits: call.visits.map((visit) => ({
      queue: people.queue(visit.queue),
      at: offset(visit.enteredAt),
      position: visit.position ?? DASH,
      wait: visit.wait === null ? DASH : inWords(visit.wait),
      outcome: visit.outcome === 'abandoned' ? 'caller gave up' : outcomeWords(visit.outcome),
      by: visit.operator === '' ? DASH : people.who(visit.operator),
    })),
    offersMore: Math.max(0, call.offers.length - MOST),
    offers: call.offers.slice(0, MOST).map((offer) => ({
      operator: people.who(offer.operator),
      queue: people.queue(offer.queue),
      at: offset(offer.offeredAt),
      ring: offer.ring === null ? DASH : inWords(offer.ring),
      outcome: outcomeWords(offer.outcome),
      bad: ['rang_out', 'rejected', 'unreachable'].includes(offer.outcome),
    })),
    raw,
    kept: keptWords(call, lines.length),
  };
}

const SEEN = {
  ami: 'no hook can see this: the manager interface told it',
  server: 'nobody told this: a rule of the server closed it',
};

function headOf(call: Call, { client, clock, now, write }: StoryOptions, people: ReturnType<typeof peopleOf>) {
  const end = call.endedAt;
  const runs = end === null;
  const sum = (lengths: number[]) => lengths.reduce((a, b) => a + b, 0);
  const span = (from: number, to: number | null) => (to ?? now) - from;
  const talked = union(call.talks.map((talk) => [talk.startedAt, talk.endedAt ?? now]));
  const held = sum(call.steps.filter((step) => step.step === 'hold').map((step) => span(step.startedAt, step.endedAt)));
  const live = liveState(call);
  return {
    id: call.id,
    runs,
    name: client?.name || nameIn(call.name, write),
    company: client?.company ?? '',
    vip: client?.vip === true,
    from: people.caller,
    to: people.called,
    icon: call.direction === 'in' ? 'in' : call.direction === 'out' ? 'out' : 'internal',
    direction: { in: 'from outside', out: 'to outside', internal: 'between colleagues' }[call.direction],
    date: clock.date(call.startedAt),
    from_at: clock.second(call.startedAt),
    to_at: end === null ? '' : clock.second(end),
    now: clock.second(now),
    sign: runs ? callSign({ state: live.state, direction: call.direction }) : outcomeSign(call.outcome),
    ended: runs ? '' : endWords(call, people),
    lasted: inWords(span(call.startedAt, end)),
    waited:
      call.visits.length === 0
        ? ''
        : inWords(sum(call.visits.map((visit) => visit.wait ?? span(visit.enteredAt, visit.leftAt)))),
    talked: talked === 0 ? '' : inWords(talked),
    held: held === 0 ? '' : inWords(held),
    queues: [...new Set(call.visits.map((visit) => people.queue(visit.queue)))].join(', '),
    operators: [...new Set(call.talks.map((talk) => talk.operator))].map(people.who).join(', '),
    trunk: call.trunk,
    click: call.click !== '',
    pbx: call.pbx,
    parent: call.parent === '' ? null : { id: call.parent, story: storyPath(call.parent) },
    joined: call.joined,
    marks: callMarks({ source: isSeenOnly(call) ? 'ami' : 'hook', joined: call.joined.length, odd: '' }),
    odd: call.odd.map((text) => writeIn(text, write)),
  };
}

/** Whether no hook ever spoke of it. */
const isSeenOnly = (call: Call): boolean => call.legs.length > 0 && call.legs.every((leg) => leg.source === 'ami');

const writeIn = (text: string, write: (number: string) => string): string =>
  text.replace(/(?<![\d.:-])\+?\d{7,15}(?![\d.:-])/g, write);

/** How long at least one of some stretches lasted, ms: two operators who talk with each other talk once. */
function union(stretches: [from: number, to: number][]): number {
  let total = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [from, to] of stretches.sort((a, b) => a[0] - b[0])) {
    total += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return total;
}

/** What to say of events that are gone; empty while all are there. */
function keptWords(call: Call, lines: number): string {
  if (lines === 0) return 'The events of this call are no longer kept. What you see was made of them while they were.';
  if (lines < call.events) return `Only ${lines} of the ${call.events} events of this call are still kept.`;
  return '';
}

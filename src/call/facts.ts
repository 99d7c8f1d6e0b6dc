// Pure. First half of the fold: what the events say, put down channel by channel, without judging it yet.
// Outcomes are derived afterwards (derive.ts), because the two hangup handlers of a call run in no fixed order.
import type { Step } from './call.js';
import type { CallEvent, EventOf } from './event.js';
import { SAYS } from './says/index.js';

/** What is known of one channel. */
export interface ChannelFacts {
  uniqueid: string;
  channel: string;
  /** How we met it: it started a call, a queue or a Dial() rang it, or the dialplan merely ran on it. */
  met: 'call' | 'offer' | 'ring' | 'other';
  endpoint: string;
  queue: string;
  /** Uniqueid of the channel that dialled it; empty when nobody said so. */
  dialler: string;
  /** State of the device before it rang, as Asterisk calls it. */
  device: string;
  openedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  cause: number | null;
  tech: string;
  /** Channel that hung up first, as the handler of this channel saw it. */
  by: string;
  /** Channel that an attended transfer put in the place of this one, or had before, as ATTENDEDTRANSFER tells. */
  attended: string;
  /** It ended because it handed the other side on, blind or after asking. */
  handedOn: boolean;
  dialstatus: string;
  queuestatus: string;
  lost: boolean;
  source: 'hook' | 'ami';
}

export interface VisitFacts {
  queue: string;
  uniqueid: string;
  enteredAt: number;
  priority: number | null;
  position: number | null;
  leftAt: number | null;
  status: string;
  key: string;
}

export interface DialFacts {
  uniqueid: string;
  to: string;
  trunk: string;
  at: number;
  /** When Dial() gave control back; null while it rings, and after a talk that ended the call. */
  returnedAt: number | null;
  status: string;
  cause: number | null;
}

/** Two channels that were put together otherwise than by an answer. `consult`: the first one's other talk waits meanwhile. */
export interface Join {
  a: string;
  b: string;
  at: number;
  consult: boolean;
}

/** A channel that was taken out of the talk it was in: transferred, or parked. */
export interface Split {
  uniqueid: string;
  at: number;
}

/** What is known of one of the calls of the story. */
export interface Beginning {
  id: string;
  started: EventOf<'call'> | null;
  linkedid: string;
  firstAt: number;
  /** The first channel of it that was only found, when no hook ever spoke of it. */
  found?: EventOf<'found'>;
}

export interface Facts {
  /** The calls that make the story, by id: one, or those that became one. */
  calls: Map<string, Beginning>;
  pbx: string;
  channels: Map<string, ChannelFacts>;
  visits: VisitFacts[];
  dials: DialFacts[];
  joins: Join[];
  splits: Split[];
  /** Bridge of each channel that was found in one. */
  bridges: Map<string, string>;
  steps: Step[];
  unrouted: string | null;
  odd: string[];
  events: number;
}

/** A call of which nothing is known but its id. */
export function noFacts(id: string): Facts {
  return {
    calls: new Map([[id, { id, started: null, linkedid: '', firstAt: Number.POSITIVE_INFINITY }]]),
    pbx: '',
    channels: new Map(),
    visits: [],
    dials: [],
    joins: [],
    splits: [],
    bridges: new Map(),
    steps: [],
    unrouted: null,
    odd: [],
    events: 0,
  };
}

/** Puts one event down. Events must come sorted by `at`, then `id`, each once. Total: an odd event is noted, nothing throws. */
export function note(facts: Facts, event: CallEvent): void {
  facts.events += 1;
  facts.pbx ||= event.pbx;
  let beginning = facts.calls.get(event.call);
  if (!beginning) {
    beginning = { id: event.call, started: null, linkedid: '', firstAt: event.at };
    facts.calls.set(event.call, beginning);
  }
  beginning.linkedid ||= event.linkedid;
  beginning.firstAt = Math.min(beginning.firstAt, event.at);
  const say = SAYS[event.event] as ((facts: Facts, event: CallEvent) => void) | undefined;
  say?.(facts, event);
}

/** The call that began first: its id is the story's. One whose start was never reported comes after those that have one. */
export function rootOf(facts: Facts): Beginning {
  const all = [...facts.calls.values()].sort(
    (a, b) =>
      Number(b.started !== null) - Number(a.started !== null) ||
      (a.started?.at ?? a.firstAt) - (b.started?.at ?? b.firstAt) ||
      (a.id < b.id ? -1 : 1),
  );
  return all[0] as Beginning;
}

/** Asterisk's word for a hangup by the dialplan: where each of two goes on to the end of its own, it says nothing of who left first. */
const BY_DIALPLAN = 'dialplan/';

/** Who hung up, of what several handlers saw as the source of the hangup: the first that names a channel, else the first at all. */
export const namedFirst = (...seen: string[]): string =>
  seen.find((by) => by !== '' && !by.startsWith(BY_DIALPLAN)) ?? seen.find((by) => by !== '') ?? '';

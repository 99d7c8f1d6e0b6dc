// Pure. First half of the fold: what the events say, put down channel by channel, without judging it yet.
// Outcomes are derived afterwards (derive.ts), because the two hangup handlers of a call run in no fixed order.
import type { CallEvent, EventKind, EventOf } from './event.js';

/** What is known of one channel. */
export interface ChannelFacts {
  uniqueid: string;
  channel: string;
  /** How we met it: it started the call, a queue or a Dial() rang it, or the dialplan merely ran on it. */
  met: 'call' | 'offer' | 'ring' | 'other';
  endpoint: string;
  queue: string;
  openedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  cause: number | null;
  tech: string;
  /** Channel that hung up first, as the handler of this channel saw it. */
  by: string;
  dialstatus: string;
  queuestatus: string;
  lost: boolean;
}

export interface VisitFacts {
  queue: string;
  uniqueid: string;
  enteredAt: number;
  priority: number | null;
  leftAt: number | null;
  status: string;
  key: string;
}

export interface DialFacts {
  to: string;
  trunk: string;
  at: number;
  status: string;
  cause: number | null;
}

export interface Facts {
  id: string;
  pbx: string;
  started: EventOf<'call'> | null;
  linkedid: string;
  firstAt: number;
  channels: Map<string, ChannelFacts>;
  visits: VisitFacts[];
  dials: DialFacts[];
  unrouted: string | null;
  odd: string[];
  events: number;
}

/** A call of which nothing is known but its id. */
export function noFacts(id: string): Facts {
  return {
    id,
    pbx: '',
    started: null,
    linkedid: '',
    firstAt: Number.POSITIVE_INFINITY,
    channels: new Map(),
    visits: [],
    dials: [],
    unrouted: null,
    odd: [],
    events: 0,
  };
}

/** Puts one event down. Events must come sorted by `at`, then `id`, each once. Total: an odd event is noted, nothing throws. */
export function note(facts: Facts, event: CallEvent): void {
  facts.events += 1;
  facts.pbx ||= event.pbx;
  facts.linkedid ||= event.linkedid;
  facts.firstAt = Math.min(facts.firstAt, event.at);
  const step = STEPS[event.event] as ((facts: Facts, event: CallEvent) => void) | undefined;
  step?.(facts, event);
}

/** What each kind of event says of a call. Operators' own events (login, pause, …) and clicks say nothing of it. */
const STEPS: { [K in EventKind]?: (facts: Facts, event: EventOf<K>) => void } = {
  call(facts, event) {
    if (facts.started) {
      odd(facts, 'a second call event came');
      return;
    }
    facts.started = event;
    const channel = open(facts, event, 'call');
    channel.met = 'call';
    channel.endpoint = event.endpoint || event.trunk;
  },
  unrouted(facts, event) {
    open(facts, event, 'other');
    facts.unrouted = event.reason || 'unrouted';
  },
  dial(facts, event) {
    open(facts, event, 'other');
    moveOn(facts, event);
    facts.dials.push({ to: event.to, trunk: event.trunk, at: event.at, status: '', cause: null });
  },
  dialed(facts, event) {
    open(facts, event, 'other');
    const dial = facts.dials.at(-1);
    if (!dial) {
      odd(facts, 'a dialed event came without its dial');
      return;
    }
    dial.status = event.status;
    dial.cause = event.cause;
  },
  enter(facts, event) {
    open(facts, event, 'other');
    moveOn(facts, event);
    const { queue, uniqueid, at, priority } = event;
    facts.visits.push({ queue, uniqueid, enteredAt: at, priority, leftAt: null, status: '', key: '' });
  },
  leave(facts, event) {
    open(facts, event, 'other');
    const visit = facts.visits.findLast((v) => v.queue === event.queue && v.leftAt === null);
    if (!visit) {
      odd(facts, `a leave event of queue ${event.queue} came without its enter`);
      return;
    }
    visit.leftAt = event.at;
    visit.status = event.status;
    visit.key = event.key;
  },
  offer(facts, event) {
    const channel = open(facts, event, 'offer');
    channel.queue = event.queue;
    channel.endpoint = event.endpoint;
  },
  ring(facts, event) {
    open(facts, event, 'ring').endpoint = event.endpoint;
  },
  answer(facts, event) {
    const known = facts.channels.get(event.uniqueid);
    if (!known) odd(facts, `${event.endpoint} answered without a ring before`);
    if (known?.lost) {
      // It was thought gone, and was not: the comparison with the PBX was wrong.
      known.lost = false;
      known.endedAt = null;
    }
    if (known && known.endedAt !== null) {
      odd(facts, `${event.endpoint} answered after its channel had ended`);
      return;
    }
    const channel = open(facts, event, event.queue ? 'offer' : 'ring');
    channel.answeredAt ??= event.at;
    channel.endpoint ||= event.endpoint;
    channel.queue ||= event.queue;
  },
  end(facts, event) {
    const known = facts.channels.get(event.uniqueid);
    if (!known) odd(facts, `${event.channel} ended without having begun`);
    const channel = known ?? open(facts, event, event.side === 'caller' ? 'other' : 'ring');
    // A handler pushed twice fires twice: the first end counts. An end after `lost` is the truth, found late.
    if (channel.endedAt !== null && !channel.lost) return;
    channel.lost = false;
    channel.endedAt = event.at;
    channel.cause = event.cause;
    channel.tech = event.tech;
    channel.by = event.by;
    channel.dialstatus = event.dialstatus;
    channel.queuestatus = event.queuestatus;
    channel.endpoint ||= event.endpoint;
  },
  lost(facts, event) {
    const channel = facts.channels.get(event.uniqueid);
    if (!channel || channel.endedAt !== null) return;
    channel.endedAt = event.at;
    channel.lost = true;
    odd(facts, `the end of ${channel.channel} was never reported`);
  },
};

/** A channel that enters another queue, or dials, has left the queue it was in, whether somebody said so or not. */
function moveOn(facts: Facts, event: { uniqueid: string; at: number }): void {
  for (const visit of facts.visits) {
    if (visit.uniqueid !== event.uniqueid || visit.leftAt !== null) continue;
    visit.leftAt = event.at;
    visit.status = 'MOVED';
  }
}

function open(
  facts: Facts,
  event: { uniqueid: string; channel: string; at: number },
  met: ChannelFacts['met'],
): ChannelFacts {
  let channel = facts.channels.get(event.uniqueid);
  if (channel) {
    if (channel.met === 'other' && met !== 'other') channel.met = met;
    return channel;
  }
  channel = {
    uniqueid: event.uniqueid,
    channel: event.channel,
    met,
    endpoint: '',
    queue: '',
    openedAt: event.at,
    answeredAt: null,
    endedAt: null,
    cause: null,
    tech: '',
    by: '',
    dialstatus: '',
    queuestatus: '',
    lost: false,
  };
  facts.channels.set(event.uniqueid, channel);
  return channel;
}

/** Notes an oddity once. */
function odd(facts: Facts, what: string): void {
  if (facts.odd.length < 20 && !facts.odd.includes(what)) facts.odd.push(what);
}

// Pure. What cel adds to a call made of cdr rows: times to the millisecond, uniqueids, transfers, parking, and who hung up.
import type { Call, Leg, Step, Talk } from '../call/call.js';
import { standIn } from './cdr-call.js';
import { withQueues } from './cel-queue.js';
import { PBX_ANSWERED } from './rings.js';
import type { Raw } from './row.js';
import { clean, decode, endpointOf, idOf } from './text.js';
import type { Clock } from './zone.js';

export interface CelEvent {
  type: string;
  at: number;
  channel: string;
  uniqueid: string;
  linkedid: string;
  exten: string;
  app: string;
  data: string;
  extra: Record<string, unknown>;
}

/** Reads one row of cel, from a table or a file; null when it has no time or no call. */
export function readCel(raw: Raw, clock: Clock): CelEvent | null {
  const text = (name: string) => {
    const value = raw[name];
    return clean(value instanceof Uint8Array ? decode(value).text : String((value as string | null) ?? ''), 4000);
  };
  const time = text('eventtime');
  const at = /^\d{9,11}(\.\d+)?$/.test(time) ? Math.floor(Number(time) * 1000) : clock(time)?.at;
  const linkedid = idOf(text('linkedid'));
  if (at === undefined || linkedid === '') return null;
  return {
    ...{
      type: text('eventtype').toUpperCase(),
      at,
      linkedid,
      channel: text('channame'),
      uniqueid: idOf(text('uniqueid')),
    },
    ...{
      exten: text('exten'),
      app: text('appname'),
      data: text('appdata'),
      extra: jsonOf(text('extra') || text('eventextra')),
    },
  };
}

function jsonOf(text: string): Record<string, unknown> {
  if (!text.startsWith('{')) return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

interface Life {
  uniqueid: string;
  start: number;
  exten: string;
  answer: number | null;
  end: number | null;
  cause: number | null;
  /** Channel that hung up; empty when the PBX did. */
  source: string;
  left: number | null;
  transferred: boolean;
}

/** The call with what cel knows better. Without an event of it the call stays, marked. */
export function applyCel(made: Call, events: readonly CelEvent[]): Call {
  const call = withQueues(made, events);
  const lives = livesOf(events);
  if (lives.size === 0) return { ...call, odd: [...call.odd, 'cel has nothing of this call'] };
  const caller = lives.get(call.legs[0]?.channel ?? '');
  const ids = new Map([...lives].map(([channel, life]) => [standIn(channel), { channel, life }]));
  const legs = call.legs.map((leg) => legWith(leg, lives.get(leg.channel)));
  const talks = call.talks.map((talk) => talkWith(talk, call, ids));
  const offers = call.offers.map((offer) => {
    const life = ids.get(offer.uniqueid)?.life;
    if (!life) return offer;
    const endedAt = offer.outcome === 'answered' ? (life.answer ?? offer.endedAt) : (life.end ?? offer.endedAt);
    return {
      ...offer,
      uniqueid: life.uniqueid,
      offeredAt: life.start,
      endedAt,
      ring: (endedAt ?? life.start) - life.start,
    };
  });
  const ended = [...lives].filter(([channel]) => !channel.startsWith('Local/')).flatMap(([, life]) => life.end ?? []);
  const timed = talks.every((talk, i) => talk.uniqueid !== call.talks[i]?.uniqueid);
  const to = caller && /^[+*#]?\d/.test(caller.exten) && !/^[+*#]?\d/.test(call.to) ? caller.exten : call.to;
  return {
    ...{ ...call, legs, talks, offers, to },
    startedAt: caller?.start ?? call.startedAt,
    answeredAt: talks.length > 0 ? Math.min(...talks.map((talk) => talk.startedAt)) : call.answeredAt,
    endedAt: ended.length > 0 ? Math.max(...ended) : call.endedAt,
    endedBy: endedBy(call, caller),
    visits: visitsWith(call, offers, events),
    steps: [...call.steps, ...stepsOf(events)],
    odd: call.odd.filter(
      (word) =>
        !(timed && word === PBX_ANSWERED) && !(to !== call.to && word.startsWith('the number that was dialled')),
    ),
  };
}

function livesOf(events: readonly CelEvent[]): Map<string, Life> {
  const lives = new Map<string, Life>();
  for (const event of [...events].sort((a, b) => a.at - b.at)) {
    const life = lives.get(event.channel) ?? {
      ...{ uniqueid: event.uniqueid, start: event.at, exten: event.exten, answer: null, end: null, cause: null },
      ...{ source: '', left: null, transferred: false },
    };
    lives.set(event.channel, life);
    if (event.type === 'ANSWER') life.answer ??= event.at;
    else if (event.type === 'BRIDGE_EXIT') life.left = event.at;
    else if (event.type === 'BLINDTRANSFER' || event.type === 'ATTENDEDTRANSFER') life.transferred = true;
    else if (event.type === 'HANGUP') {
      life.end = event.at;
      life.cause = Number(event.extra['hangupcause'] ?? Number.NaN) || 0;
      life.source = clean(String((event.extra['hangupsource'] as string | undefined) ?? ''));
    } else if (event.type === 'CHAN_END') life.end ??= event.at;
  }
  return lives;
}

function legWith(leg: Leg, life: Life | undefined): Leg {
  if (!life) return leg;
  const answeredAt = leg.answeredAt === null ? null : (life.answer ?? leg.answeredAt);
  let { outcome } = leg;
  if (outcome !== 'answered' && outcome !== 'caller' && (life.cause === 17 || life.cause === 21)) outcome = 'rejected';
  if (outcome === 'rang_out' && life.cause === 26) outcome = 'answered_elsewhere';
  return {
    ...leg,
    uniqueid: life.uniqueid,
    startedAt: life.start,
    answeredAt,
    endedAt: life.end ?? leg.endedAt,
    cause: life.cause,
    outcome,
  };
}

function talkWith(talk: Talk, call: Call, ids: ReadonlyMap<string, { channel: string; life: Life }>): Talk {
  const found = ids.get(talk.uniqueid);
  if (!found || found.life.answer === null) return talk;
  const { channel, life } = found;
  // Of an internal call the other row stands for the caller, over the same leg.
  const mine = endpointOf(channel) === talk.operator;
  const by = life.transferred ? 'leg' : life.source === '' ? '' : life.source === channel ? 'leg' : 'caller';
  const endedBy = life.transferred ? 'transfer' : by === '' ? 'system' : (by === 'leg') === mine ? 'operator' : 'party';
  const endedAt = Math.max(life.answer ?? 0, life.left ?? life.end ?? talk.endedAt ?? 0);
  return {
    ...talk,
    uniqueid: life.uniqueid,
    startedAt: life.answer ?? talk.startedAt,
    endedAt,
    endedBy: call.endedAt === null ? '' : endedBy,
  };
}

function endedBy(call: Call, caller: Life | undefined): Call['endedBy'] {
  if (!caller || caller.end === null) return call.endedBy;
  if (caller.source === '') return 'system';
  return caller.source === call.legs[0]?.channel ? 'caller' : 'callee';
}

/** A visit begins with the caller's Queue(), or where cel does not follow that application, with its music or its first ring. */
function visitsWith(call: Call, offers: Call['offers'], events: readonly CelEvent[]): Call['visits'] {
  const begun = events.filter((e) => e.app === 'Queue' && (e.type === 'APP_START' || e.type === 'STREAM_BEGIN'));
  let from = 0;
  return call.visits.map((visit, n) => {
    const own = offers.filter((offer) => offer.visit === n);
    const start = begun.find((e) => e.at >= from && (e.data.split(',')[0] ?? '') === visit.queue)?.at;
    const enteredAt = start ?? own[0]?.offeredAt ?? visit.enteredAt;
    const answer = own.find((offer) => offer.outcome === 'answered');
    const answeredAt = answer?.endedAt ?? visit.answeredAt;
    const leftAt = Math.max(visit.leftAt ?? enteredAt, enteredAt);
    from = Math.max(answeredAt ?? 0, ...own.map((offer) => offer.endedAt ?? 0));
    return { ...visit, enteredAt, answeredAt, leftAt, wait: Math.max(0, (answeredAt ?? leftAt) - enteredAt) };
  });
}

const STEPS: Record<string, (event: CelEvent, events: readonly CelEvent[]) => Partial<Step> | null> = {
  BLINDTRANSFER: (event) => ({
    ...{ step: 'transfer', what: word(event, 'extension'), outcome: 'ok', detail: endpointOf(event.channel) },
    uniqueid: word(event, 'transferee_channel_uniqueid') || event.uniqueid,
  }),
  ATTENDEDTRANSFER: (event) => ({
    ...{ step: 'transfer', what: endpointOf(word(event, 'transfer_target_channel_name')), outcome: 'ok' },
    ...{ detail: endpointOf(event.channel), uniqueid: word(event, 'transferee_channel_uniqueid') || event.uniqueid },
  }),
  PARK_START: (event, events) => {
    const end = events.find((e) => e.type === 'PARK_END' && e.uniqueid === event.uniqueid && e.at >= event.at);
    const outcome = /retriev|unpark/i.test(word(end, 'reason')) ? 'retrieved' : end ? 'came_back' : '';
    return { step: 'park', what: word(event, 'parking_lot'), outcome, endedAt: end?.at ?? event.at };
  },
  PICKUP: (event) => ({
    step: 'pickup',
    what: endpointOf(event.channel),
    outcome: 'ok',
    detail: endpointOf(word(event, 'pickup_channel')),
  }),
};

const word = (event: CelEvent | undefined, name: string) =>
  clean(String((event?.extra[name] as string | undefined) ?? ''));

const stepsOf = (events: readonly CelEvent[]): Step[] =>
  events.flatMap((event) => {
    const made = STEPS[event.type]?.(event, events);
    if (!made) return [];
    const common = {
      operator: '',
      uniqueid: event.uniqueid,
      startedAt: event.at,
      endedAt: event.at,
      what: '',
      outcome: '',
      detail: '',
    };
    return [{ step: 'transfer', length: null, source: 'ami', ...common, ...made } as Step];
  });

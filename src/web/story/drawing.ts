// Pure. A call as a drawing: a track for each who took part, and on it what they did, as bars along the time.
// All places are percent of the width, so the drawing fits every screen.
import type { Call, Leg, Step, Talk } from '../../call/call.js';
import { inWords, running } from '../format.js';
import type { People } from './people.js';

export type BarKind = 'life' | 'wait' | 'ring' | 'missed' | 'talk' | 'hold' | 'park' | 'room' | 'machine' | 'moment';

export interface Bar {
  kind: BarKind;
  /** Percent of the whole. */
  x: string;
  width: string;
  /** What it is, with its length. */
  title: string;
}

export interface Track {
  label: string;
  /** `caller`, `operator` or `trunk`. */
  role: string;
  bars: Bar[];
}

/** Words of the legend, in the order in which they appear on a call. */
const LEGEND: readonly [BarKind, string][] = [
  ['machine', 'menu, message'],
  ['wait', 'waits in a queue'],
  ['ring', 'rings'],
  ['missed', 'rang in vain'],
  ['talk', 'talks'],
  ['hold', 'on hold'],
  ['park', 'parked'],
  ['room', 'conference'],
  ['moment', 'a moment: handed on, taken'],
];
/** Tracks at most; the rest is counted. */
const MOST = 24;
/** A bar is never thinner than this, percent: what happened must be seen. */
const THIN = 0.4;

/** The drawing of a call; `now`, ms, is where a call that still runs is cut off. */
export function drawingOf(call: Call, people: People, now: number) {
  const end = Math.max(call.endedAt ?? now, call.startedAt + 1_000);
  const scale = (at: number) =>
    (100 * (Math.min(Math.max(at, call.startedAt), end) - call.startedAt)) / (end - call.startedAt);
  const bar = (kind: BarKind, from: number, to: number | null, what: string): Bar => {
    const x = Math.min(scale(from), 100 - THIN);
    const width = Math.max(scale(to ?? end) - x, THIN);
    const length = kind === 'moment' ? '' : `, ${inWords((to ?? end) - from)}`;
    return {
      kind,
      x: percent(x),
      width: percent(width),
      title: `${what}${length}, at ${running(from - call.startedAt)}`,
    };
  };
  const tracks = tracksOf(call).map(({ leg, legs }): Track => {
    const caller = leg.role === 'caller';
    const role = caller && call.endpoint === '' ? 'caller' : leg.role === 'trunk' ? 'trunk' : 'operator';
    return {
      role,
      label:
        role === 'caller'
          ? people.caller
          : role === 'trunk'
            ? people.who(call.to || leg.endpoint)
            : people.who(leg.endpoint),
      bars: [
        ...legs.map((one) => bar('life', one.startedAt, one.endedAt, 'on the line')),
        ...(role === 'caller' ? waitBars(call, people, bar) : []),
        ...legs.flatMap((one) => ringBars(one, bar)),
        ...talkBars(call, leg, role, people, bar),
        ...(role === 'caller' ? musicBars(call, people, bar) : []),
        ...call.steps
          .filter((step) => legs.some((one) => one.uniqueid === step.uniqueid))
          .flatMap((step) => stepBars(step, people, bar)),
      ],
    };
  });
  const kinds = new Set(tracks.flatMap((track) => track.bars.map((one) => one.kind)));
  return {
    tracks: tracks.slice(0, MOST),
    more: Math.max(0, tracks.length - MOST),
    ticks: ticksOf(end - call.startedAt),
    legend: LEGEND.filter(([kind]) => kinds.has(kind)).map(([kind, word]) => ({ kind, word })),
  };
}

type Draw = (kind: BarKind, from: number, to: number | null, what: string) => Bar;

const percent = (value: number): string => value.toFixed(2);

/** Legs of one endpoint share a track: a phone that was rung three times is one person. */
function tracksOf(call: Call): { leg: Leg; legs: Leg[] }[] {
  const tracks = new Map<string, { leg: Leg; legs: Leg[] }>();
  for (const leg of call.legs) {
    const client = leg.role === 'caller' && call.endpoint === '';
    const key = client ? 'the client' : leg.role === 'trunk' ? `trunk ${leg.uniqueid}` : `of ${leg.endpoint}`;
    const track = tracks.get(key);
    if (track) track.legs.push(leg);
    else tracks.set(key, { leg, legs: [leg] });
  }
  return [...tracks.values()];
}

const waitBars = (call: Call, people: People, bar: Draw): Bar[] =>
  call.visits.map((visit) =>
    bar('wait', visit.enteredAt, visit.answeredAt ?? visit.leftAt, `waits in ${people.queue(visit.queue)}`),
  );

/** The client hears music while an operator who talks with the client holds. */
const musicBars = (call: Call, people: People, bar: Draw): Bar[] =>
  call.steps
    .filter((step) => step.step === 'hold' && call.talks.some((talk) => isHeldIn(step, talk, call.from)))
    .map((step) => bar('hold', step.startedAt, step.endedAt, `hears music, held by ${people.who(step.operator)}`));

const isHeldIn = (hold: Step, talk: Talk, client: string): boolean =>
  talk.party === client &&
  talk.operator === hold.operator &&
  hold.startedAt >= talk.startedAt &&
  hold.startedAt <= (talk.endedAt ?? hold.startedAt);

function ringBars(leg: Leg, bar: Draw): Bar[] {
  if (leg.outcome === 'caller' || leg.outcome === 'placed') return [];
  const missed = ['rang_out', 'rejected', 'unreachable'].includes(leg.outcome);
  return [
    bar(missed ? 'missed' : 'ring', leg.startedAt, leg.answeredAt ?? leg.endedAt, missed ? 'rang in vain' : 'rings'),
  ];
}

/** What somebody talked, on the track of either side. */
function talkBars(call: Call, leg: Leg, role: string, people: People, bar: Draw): Bar[] {
  const mine = call.talks.filter((talk) => {
    if (role === 'operator') return talk.operator === leg.endpoint;
    return talk.party === (role === 'caller' ? call.from : call.to);
  });
  return mine.map((talk) =>
    bar(
      'talk',
      talk.startedAt,
      talk.endedAt,
      `talks with ${role === 'operator' ? people.party(talk.party) : people.who(talk.operator)}`,
    ),
  );
}

function stepBars(step: Step, people: People, bar: Draw): Bar[] {
  const { startedAt: from, endedAt: to, what } = step;
  switch (step.step) {
    case 'menu':
      return [bar('machine', from, to, `menu ${what}`)];
    case 'voicemail':
      return [bar('machine', from - (step.length ?? 0), from, `message for mailbox ${what}`)];
    case 'hold':
      return [bar('hold', from, to, 'the other side is on hold')];
    case 'park':
      return [bar('park', from, to, `parked${what === '' ? '' : ` in ${what}`}`)];
    case 'conference':
      return [bar('room', from, to, `in the conference room ${what}`)];
    case 'transfer':
      return [bar('moment', to ?? from, to ?? from, `transferred to ${people.who(what)}`)];
    case 'pickup':
      return [bar('moment', from, from, 'took the call')];
    case 'forward':
      return [bar('moment', from, from, `forwarded to ${people.who(what)}`)];
    default:
      return [];
  }
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400];

/** Marks of the time, at most eight, at whole steps. */
export function ticksOf(ms: number): { x: string; label: string }[] {
  const step = (STEPS_S.find((s) => ms / 1000 / s <= 8) ?? Math.ceil(ms / 1000 / 8)) * 1000;
  const ticks: { x: string; label: string }[] = [];
  for (let at = 0; at <= ms; at += step) ticks.push({ x: percent((100 * at) / ms), label: running(at) });
  return ticks;
}

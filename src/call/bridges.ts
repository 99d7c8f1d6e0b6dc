// Pure. Which channels were put together, and when. Asterisk tells no hook of a bridge: it is known from who answered whom,
// from transfers, parking and pick-ups, and from who was left behind when an operator went.
import type { ChannelFacts, Facts } from './facts.js';
import { isLocal, type Shape } from './shape.js';

/** Two channels together for a while. */
export interface Edge {
  a: string;
  b: string;
  from: number;
  /** Null while it lasts. */
  until: number | null;
  /** `end`: one of the two ended; `moved`: one was taken away, to somebody else or into a slot. */
  how: 'end' | 'moved' | '';
  consult: boolean;
  /** Nobody told it: it is known from who was left behind. */
  inferred: boolean;
}

/** Two talks of one hand end by one transfer when they end within this, ms. */
const TOGETHER = 2500;
/** Who outlives the one that went by this, ms, was left behind; both sides of a hangup go sooner. */
const OUTLIVES = 500;

/** All of them, in the order in which they began. */
export function edgesOf(facts: Facts, shape: Shape): Edge[] {
  const edges: Edge[] = [];
  for (const change of changesOf(facts, shape)) {
    if ('split' in change) cut(edges, change.split, change.at, shape);
    else connect(edges, change, shape);
  }
  for (const edge of edges) endWithChannels(edge, shape);
  for (const { a, b, at } of leftBehind(edges, shape)) {
    const edge: Edge = { a, b, from: at, until: null, how: '', consult: false, inferred: true };
    endWithChannels(edge, shape);
    edges.push(edge);
  }
  return edges.sort((x, y) => x.from - y.from);
}

type Change = { at: number; split: string } | { at: number; a: string; b: string; consult: boolean };

function changesOf(facts: Facts, shape: Shape): Change[] {
  const changes: Change[] = [];
  for (const channel of shape.channels.values()) {
    if (channel.answeredAt === null) continue;
    const dialler = diallerOf(channel, facts, shape);
    if (dialler) changes.push({ at: channel.answeredAt, a: dialler.uniqueid, b: channel.uniqueid, consult: false });
  }
  for (const { uniqueid, at } of facts.splits) changes.push({ at, split: uniqueid });
  for (const { a, b, at, consult } of facts.joins)
    if (shape.channels.has(a) && shape.channels.has(b)) changes.push({ at, a, b, consult });
  return changes.sort((x, y) => x.at - y.at);
}

/** Who dialled a channel: as it says itself; else the queue's caller, the last one that dialled before it rang, the caller. */
export function diallerOf(channel: ChannelFacts, facts: Facts, shape: Shape): ChannelFacts | undefined {
  const told = channel.dialler === channel.uniqueid ? undefined : shape.channels.get(channel.dialler);
  if (told) return told;
  if (channel === shape.main || channel.met === 'call' || channel.source === 'ami') return undefined;
  const visit =
    channel.queue && shape.visits.findLast((v) => v.queue === channel.queue && v.enteredAt <= channel.openedAt);
  const dial = facts.dials.findLast((d) => d.at <= channel.openedAt);
  const guess = shape.channels.get((visit ? visit.uniqueid : dial?.uniqueid) ?? '') ?? shape.main;
  return guess?.uniqueid === channel.uniqueid ? undefined : guess;
}

const alive = (shape: Shape, uniqueid: string, at: number): boolean => {
  const end = shape.channels.get(uniqueid)?.endedAt ?? null;
  return end === null || end >= at;
};

/** A person is in one bridge at a time: what is new ends what was. A Local half only passes on, and a consultation adds. */
function connect(edges: Edge[], change: { at: number; a: string; b: string; consult: boolean }, shape: Shape): void {
  const { a, b, consult } = change;
  // By a clock that was set back an answer may come before its dialler was opened.
  const at = Math.max(change.at, ...[a, b].map((id) => shape.channels.get(id)?.openedAt ?? change.at));
  if (a === b || !alive(shape, a, at) || !alive(shape, b, at)) return;
  const same = (e: Edge) => e.until === null && ((e.a === a && e.b === b) || (e.a === b && e.b === a));
  if (edges.some(same)) return;
  if (!consult) {
    for (const end of [a, b]) {
      const channel = shape.channels.get(end);
      if (channel && !isLocal(channel)) cut(edges, end, at, shape);
    }
  }
  edges.push({ a, b, from: at, until: null, how: '', consult, inferred: false });
}

function cut(edges: Edge[], uniqueid: string, at: number, shape: Shape): void {
  for (const edge of edges) {
    if ((edge.a !== uniqueid && edge.b !== uniqueid) || edge.until !== null) continue;
    if (!alive(shape, edge.a, at) || !alive(shape, edge.b, at)) continue;
    edge.until = Math.max(at, edge.from);
    edge.how = 'moved';
  }
}

function endWithChannels(edge: Edge, shape: Shape): void {
  for (const uniqueid of [edge.a, edge.b]) {
    const end = shape.channels.get(uniqueid)?.endedAt ?? null;
    if (end === null || (edge.until !== null && edge.until <= end)) continue;
    edge.until = Math.max(end, edge.from);
    edge.how = 'end';
  }
}

/**
 * An operator who goes, and leaves two others behind, has put them together: an attended transfer, whose moment no hook sees.
 * One channel with two talks (by feature code) or two channels of one phone (by SIP). Likewise a Local channel that Asterisk
 * optimised away between two who go on talking.
 */
function leftBehind(edges: readonly Edge[], shape: Shape): { a: string; b: string; at: number }[] {
  const gone = new Map<string, { at: number; partners: Set<string> }[]>();
  for (const edge of edges) {
    if (edge.how !== 'end' || edge.until === null) continue;
    for (const [who, partner] of [
      [edge.a, edge.b],
      [edge.b, edge.a],
    ] as const) {
      const channel = shape.channels.get(who);
      if (!channel || channel.endedAt !== edge.until || !alive(shape, partner, edge.until + OUTLIVES)) continue;
      const hand = handOf(channel);
      const list = gone.get(hand) ?? [];
      gone.set(hand, list);
      const near = list.find((g) => Math.abs(g.at - (edge.until ?? 0)) <= TOGETHER);
      if (near) {
        near.partners.add(partner);
        near.at = Math.max(near.at, edge.until);
      } else list.push({ at: edge.until, partners: new Set([partner]) });
    }
  }
  const hands = (e: Edge, who: string) => handOf(shape.channels.get(e.a === who ? e.b : e.a) as ChannelFacts);
  // Who was put together with somebody else just then needs no guess.
  const busy = (who: string, at: number, hand: string) =>
    edges.some((e) => touches(e, who) && Math.abs(e.from - at) <= TOGETHER && hands(e, who) !== hand);
  const all = [...gone].flatMap(([hand, list]) => list.map((one) => ({ hand, ...one })));
  return all.flatMap(({ hand, at, partners }) => {
    const [a, b, third] = [...partners];
    if (a === undefined || b === undefined || third !== undefined) return [];
    const free = [a, b].filter((who) => !isLocal(shape.channels.get(who) as ChannelFacts));
    return free.some((who) => busy(who, at, hand)) ? [] : [{ a, b, at }];
  });
}

/** Whose hand a channel is in: two channels of one phone are one hand, and so are the two halves of a Local channel. */
const handOf = (channel: ChannelFacts): string =>
  isLocal(channel) ? channel.channel.replace(/;[12]$/, '') : `phone ${channel.endpoint || channel.uniqueid}`;

/** Two people who could hear each other for a while, however many Local channels lay between them. */
export interface Meeting {
  a: ChannelFacts;
  b: ChannelFacts;
  from: number;
  until: number | null;
  /** One was taken away; otherwise somebody ended. */
  moved: boolean;
  /** The Local channels between them, by uniqueid. */
  via: readonly string[];
}

/** Every meeting, in the order in which they began. */
export function meetingsOf(edges: readonly Edge[], shape: Shape): Meeting[] {
  const meetings: Meeting[] = [];
  for (const person of shape.people) walk(person, person.uniqueid, null, null, edges, shape, meetings);
  meetings.sort((x, y) => x.from - y.from || x.b.openedAt - y.b.openedAt || (x.b.uniqueid < y.b.uniqueid ? -1 : 1));
  return meetings.filter((meeting, n) => !continues(meeting, meetings.slice(0, n)));
}

/** A Local channel that goes from between two people interrupts them for some milliseconds at most: one meeting, ms. */
const UNHEARD = 100;

/** Makes a meeting the continuation of an earlier one of the same two; true when it was one. */
function continues(meeting: Meeting, earlier: readonly Meeting[]): boolean {
  const before = earlier.findLast((m) => m.a === meeting.a && m.b === meeting.b);
  if (!before || before.until === null || meeting.from - before.until > UNHEARD) return false;
  if (before.via.length === 0) return false;
  before.until = meeting.until;
  before.moved = meeting.moved;
  return true;
}

type Window = Pick<Meeting, 'from' | 'until' | 'moved' | 'via'>;

/** Goes from a person along the edges, through Local channels, to the next people. */
function walk(
  from: ChannelFacts,
  at: string,
  came: Edge | null,
  window: Window | null,
  edges: readonly Edge[],
  shape: Shape,
  found: Meeting[],
  depth = 0,
): void {
  // A pipe of pipes is possible (a member that forwards to another); a ring of them is not a call.
  if (depth > 8) return;
  for (const edge of edges) {
    if (edge === came || !touches(edge, at)) continue;
    const other = shape.channels.get(edge.a === at ? edge.b : edge.a);
    const common = overlap(window, edge);
    if (!other || !common) continue;
    if (!isLocal(other)) {
      if (other !== from && first(from, other)) found.push({ a: from, b: other, ...common });
      continue;
    }
    const far = shape.pipes.get(other.uniqueid);
    const through = { ...common, via: [...common.via, other.uniqueid, ...(far ? [far.uniqueid] : [])] };
    walk(from, other.uniqueid, edge, through, edges, shape, found, depth + 1);
    if (far) walk(from, far.uniqueid, edge, through, edges, shape, found, depth + 1);
    else if (!edges.some((e) => e !== edge && touches(e, other.uniqueid))) toCaller(from, common, shape, found);
  }
}

const touches = (edge: Edge, uniqueid: string) => edge.a === uniqueid || edge.b === uniqueid;

/** A Local channel whose other half no hook spoke of: it was opened for the caller, as far as anybody knows. */
function toCaller(from: ChannelFacts, window: Window, shape: Shape, found: Meeting[]): void {
  const caller = shape.caller;
  if (!caller || caller === from) return;
  const edge = { a: caller.uniqueid, b: '', from: window.from, until: null, how: '' as const };
  const life: Edge = { ...edge, consult: false, inferred: true };
  endWithChannels(life, shape);
  const common = overlap(window, life);
  if (common && first(caller, from)) found.push({ a: caller, b: from, ...common });
}

/** Each pair is found from both of its sides: it counts from the one that was there first. */
const first = (a: ChannelFacts, b: ChannelFacts): boolean =>
  a.openedAt < b.openedAt || (a.openedAt === b.openedAt && a.uniqueid < b.uniqueid);

function overlap(window: Window | null, edge: Edge): Window | null {
  const own = { from: edge.from, until: edge.until, moved: edge.how === 'moved', via: [] };
  if (!window) return own;
  const from = Math.max(window.from, own.from);
  const sooner = window.until === null || (own.until !== null && own.until < window.until) ? own : window;
  if (sooner.until !== null && sooner.until <= from) return null;
  return { from, until: sooner.until, moved: sooner.moved, via: window.via };
}

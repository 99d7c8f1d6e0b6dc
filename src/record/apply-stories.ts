// The calls of a batch, once they are held: folded on and written, story by story.
import { setImmediate as breath } from 'node:timers/promises';
import { derive } from '../call/derive.js';
import { type CallEvent, formatLine } from '../call/event.js';
import { note } from '../call/facts.js';
import { byTime, factsOf } from '../call/fold.js';
import { finishedOf, joinCalls, standingOf, unlockCalls, type Written, writesOf } from '../store/calls.js';
import type { Tx } from '../store/database.js';
import { countEvents, insertRejected } from '../store/events.js';
import { type Statement, sendAll } from '../store/insert.js';
import { activitiesOfCalls, type Changed } from '../store/intervals.js';
import { type Busy, busyIn, changesOf } from './busy.js';
import { type Memory, type Remembered, take } from './memory.js';
import { readEvents } from './read-events.js';
import type { Stories } from './stories.js';

/** Stories folded in one go, a millisecond or two; and those that are written together, so that statements are large. */
const AT_ONCE = 10;
const PIECE = 500;

export interface Applied {
  /** To be remembered once the transaction is done. */
  stories: Map<string, Remembered>;
  /** Whose day is another now, and from when on. */
  changed: Changed[];
}

export interface NewEvents {
  /** New events that tell of calls, by call. */
  told: Map<string, CallEvent[]>;
  /** Rows that each of these calls got in `events` now. */
  rows: Map<string, number>;
}

/** A story in work. */
interface Group {
  members: readonly string[];
  events: CallEvent[];
  /** Rows in `events` with those of this batch, and how many of them come with it. */
  rows: number;
  added: number;
  /** Nothing of it was ever written. */
  fresh: boolean;
}

export interface Plan {
  /** Each story with what it is folded on from: what is remembered, or all of its events. */
  groups: Map<Group, Base>;
  links: Stories['links'];
  /** Ids of events that can't be folded any more and are not stored. */
  setAside: Set<string>;
}

/** What a story is folded on from. */
type Base = { known: Remembered } | { events: readonly CallEvent[]; busy: readonly Busy[] };

/** Finds out what there is of the stories that are held, before their new events are stored. */
export async function planStories(trx: Tx, memory: Memory, news: NewEvents, found: Stories): Promise<Plan> {
  const setAside = new Set<string>();
  const usable = await groupsOf(trx, news, found, setAside);
  return { groups: await basesOf(trx, memory, usable), links: found.links, setAside };
}

interface Folded {
  stories: Map<string, Remembered>;
  changed: Changed[];
}

/**
 * Folds the stories and writes them, a piece at a time: the database writes one piece while the next is folded. `first` goes
 * before them all. Lets go of calls that were held for nothing.
 */
export async function writeStories(
  trx: Tx,
  found: Stories,
  { groups, links }: Plan,
  first: Iterable<Statement>,
): Promise<Applied> {
  const folded: Folded = { stories: new Map(), changed: [] };
  let last: Promise<unknown> = Promise.resolve();
  const pieces = pieced([...groups]).map((piece) => {
    const folding = last.then(() => foldPiece(piece, links, folded));
    last = folding;
    return folding;
  });
  // What fails is heard when all is over: nothing goes on behind a rollback.
  const [sent, ...all] = await Promise.allSettled([sendAll(statements(trx, first, pieces)), ...pieces]);
  if (sent.status === 'rejected') throw sent.reason;
  const written = all.flatMap((piece) => (piece.status === 'fulfilled' ? piece.value : []));
  await joinCalls(trx, written);
  const inUse = new Set(written.flatMap(({ members }) => members));
  await unlockCalls(
    trx,
    [...found.held].filter((call) => !inUse.has(call)),
  );
  return folded;
}

async function* statements(
  trx: Tx,
  first: Iterable<Statement>,
  pieces: readonly Promise<Written[]>[],
): AsyncGenerator<Statement> {
  yield* first;
  for (const piece of pieces) yield* writesOf(trx, await piece);
}

function pieced<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / PIECE) }, (_, n) => all.slice(n * PIECE, (n + 1) * PIECE));
}

/** Folds some stories, and breathes: the database, and whoever else has something to do here, are not kept waiting. */
async function foldPiece(piece: readonly [Group, Base][], links: Stories['links'], folded: Folded): Promise<Written[]> {
  const written: Written[] = [];
  for (const [n, [group, base]] of piece.entries()) {
    if (n % AT_ONCE === 0) await breath();
    const known = foldOn(group, base, links);
    const call = derive(known.facts);
    written.push({ call, members: group.members, stands: group.fresh ? 'nothing' : known.stands });
    folded.stories.set(call.id, known);
    const busy = busyIn(call);
    folded.changed.push(...changesOf(known.busy, busy));
    known.busy = busy;
    known.stands = standingOf(call);
  }
  return written;
}

/** Counts what each story has; what can't be folded any more is set aside. */
async function groupsOf(
  trx: Tx,
  news: NewEvents,
  { groups, joined }: Stories,
  setAside: Set<string>,
): Promise<Group[]> {
  const counts = await countEvents(trx, groups.flat());
  const before = (call: string) => counts.get(call) ?? 0;
  const added = (call: string) => news.rows.get(call) ?? 0;
  const isNew = (call: string) => before(call) === 0;
  const several = groups.filter((group) => group.length > 1).flat();
  const finished = await finishedOf(trx, [...new Set([...[...news.told.keys()].filter(isNew), ...several])]);
  const usable: Group[] = [];
  for (const group of groups) {
    const bereft = bereftOf(group, joined, before, finished);
    if (bereft.length > 0) await keepAside(trx, news, bereft, setAside);
    const members = group.filter((call) => !bereft.includes(call));
    const events = members.flatMap((call) => news.told.get(call) ?? []).sort(byTime);
    if (events.length === 0) continue;
    const more = sum(members.map(added));
    usable.push({
      ...{ members, events, rows: sum(members.map(before)) + more, added: more },
      fresh: members.every((call) => isNew(call) && !finished.has(call)) && members.length === 1,
    });
  }
  return usable;
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

/**
 * The calls of finished stories whose events are gone (retention): such a story can't be folded again from one late event, and
 * takes part in no new one.
 */
function bereftOf(
  group: readonly string[],
  joined: ReadonlyMap<string, string>,
  rowsBefore: (call: string) => number,
  finished: ReadonlyMap<string, number>,
): string[] {
  return group.flatMap((story) => {
    const made = finished.get(story);
    if (made === undefined) return [];
    const calls = group.filter((call) => call === story || joined.get(call) === story);
    // A row that was imported was made of no events at all.
    return sum(calls.map(rowsBefore)) < Math.max(made, 1) ? calls : [];
  });
}

/** Its rows stay as they are, and the late events are kept aside. */
async function keepAside(trx: Tx, news: NewEvents, bereft: readonly string[], setAside: Set<string>): Promise<void> {
  const events = bereft.flatMap((call) => news.told.get(call) ?? []);
  for (const event of events) setAside.add(event.id);
  const reason = 'its call is finished and the other events of it are not kept any more';
  await insertRejected(
    trx,
    events.map((event) => ({ line: formatLine({ ...event, v: 1 }), reason, receivedAt: event.at })),
  );
}

/** What each story is folded on from: what is remembered when its new events come after it, else all of its stored events. */
async function basesOf(trx: Tx, memory: Memory, groups: readonly Group[]): Promise<Map<Group, Base>> {
  const bases = new Map<Group, Base>();
  const unread: Group[] = [];
  for (const group of groups) {
    const known = remembered(memory, group);
    if (known) bases.set(group, { known });
    else if (group.rows === group.added) bases.set(group, { events: [], busy: [] });
    else unread.push(group);
  }
  const members = unread.flatMap((group) => group.members);
  const stored = await readEvents(trx, members);
  const busy = new Map<string, Busy[]>(members.map((call) => [call, []]));
  for (const one of await activitiesOfCalls(trx, members)) busy.get(one.call)?.push(one);
  for (const group of unread) {
    const of = <T>(all: ReadonlyMap<string, T[]>) => group.members.flatMap((call) => all.get(call) ?? []);
    bases.set(group, { events: of(stored), busy: of(busy) });
  }
  return bases;
}

function foldOn(group: Group, base: Base, allLinks: Stories['links']): Remembered {
  const links = group.members.flatMap((call) => allLinks.get(call) ?? []);
  if (!('known' in base))
    return { ...begun(group, [...base.events, ...group.events].sort(byTime), links), busy: base.busy };
  const { known } = base;
  for (const event of group.events) note(known.facts, event);
  known.last = group.events.at(-1) ?? known.last;
  known.rows = group.rows;
  for (const link of links) known.links.add(link);
  return known;
}

/** What is remembered of a story, if its new events can simply be added to it. */
function remembered(memory: Memory, group: Group): Remembered | null {
  let whole: Remembered | null = null;
  for (const call of group.members) {
    const known = take(memory, call);
    if (known?.members.length === group.members.length) whole = known;
  }
  const first = group.events[0];
  if (!whole || !first || whole.rows + group.added !== group.rows) return null;
  return byTime(whole.last, first) < 0 ? whole : null;
}

/** `events` in order. A story has the id of the call that began first. */
function begun(group: Group, events: readonly CallEvent[], links: readonly string[]): Remembered {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) throw new TypeError('a story without events');
  const { members, rows } = group;
  return { facts: factsOf(first.call, events), last, rows, members, links: new Set(links), busy: [], stands: null };
}

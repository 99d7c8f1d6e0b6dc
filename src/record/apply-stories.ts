// The calls of a batch: found, held, folded on and written, story by story.
import { derive } from '../call/derive.js';
import { type CallEvent, formatLine } from '../call/event.js';
import { note } from '../call/facts.js';
import { byTime, factsOf } from '../call/fold.js';
import { finishedOf, unlockCalls, type Written, writeCalls } from '../store/calls.js';
import type { Db, Tx } from '../store/database.js';
import { countEvents, dropEvents, insertRejected } from '../store/events.js';
import { activitiesOfCalls, type Changed } from '../store/intervals.js';
import { busyIn, changesOf } from './busy.js';
import { type Memory, type Remembered, take } from './memory.js';
import { readEvents } from './read-events.js';
import { holdStories, type Stories } from './stories.js';

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
  /** Rows in `events` now, and how many of them came with this batch. */
  rows: number;
  added: number;
  /** Nothing of it was ever written. */
  fresh: boolean;
}

/** Folds and writes the stories that new events belong to. Throws HoldMore. */
export async function applyStories(
  trx: Tx,
  db: Db,
  memory: Memory,
  news: NewEvents,
  also: ReadonlySet<string>,
): Promise<Applied> {
  const stories = new Map<string, Remembered>();
  if (news.told.size === 0) return { stories, changed: [] };
  const found = await holdStories(trx, db, memory, news.told, also);
  const groups = await groupsOf(trx, news, found);
  const folded = await foldAgain(trx, memory, groups, found.links);
  const written: Written[] = [];
  const changed: Changed[] = [];
  for (const [group, known] of folded) {
    const call = derive(known.facts);
    written.push({ call, members: group.members, fresh: group.fresh });
    stories.set(call.id, known);
    const busy = busyIn(call);
    changed.push(...changesOf(known.busy, busy));
    known.busy = busy;
  }
  await writeCalls(trx, written);
  const inUse = new Set(written.flatMap(({ members }) => members));
  await unlockCalls(
    trx,
    [...found.held].filter((call) => !inUse.has(call)),
  );
  return { stories, changed };
}

/** Counts what each story has; what can't be folded any more is set aside. */
async function groupsOf(trx: Tx, news: NewEvents, { groups, joined }: Stories): Promise<Group[]> {
  const counts = await countEvents(trx, groups.flat());
  const added = (call: string) => news.rows.get(call) ?? 0;
  const isNew = (call: string) => (counts.get(call) ?? 0) === added(call);
  const several = groups.filter((group) => group.length > 1).flat();
  const finished = await finishedOf(trx, [...new Set([...[...news.told.keys()].filter(isNew), ...several])]);
  const usable: Group[] = [];
  for (const group of groups) {
    const bereft = bereftOf(group, joined, (call) => (counts.get(call) ?? 0) - added(call), finished);
    if (bereft.length > 0) await setAside(trx, news, bereft);
    const members = group.filter((call) => !bereft.includes(call));
    const events = members.flatMap((call) => news.told.get(call) ?? []).sort(byTime);
    if (events.length === 0) continue;
    const rows = sum(members.map((call) => counts.get(call) ?? 0));
    usable.push({
      ...{ members, events, rows, added: sum(members.map(added)) },
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
async function setAside(trx: Tx, news: NewEvents, bereft: readonly string[]): Promise<void> {
  const events = bereft.flatMap((call) => news.told.get(call) ?? []);
  await dropEvents(
    trx,
    events.map((event) => event.id),
  );
  const reason = 'its call is finished and the other events of it are not kept any more';
  await insertRejected(
    trx,
    events.map((event) => ({ line: formatLine({ ...event, v: 1 }), reason, receivedAt: event.at })),
  );
}

/** Folds each story on from what is remembered when its new events come after it, else from all of its stored events. */
async function foldAgain(
  trx: Tx,
  memory: Memory,
  groups: readonly Group[],
  links: Stories['links'],
): Promise<Map<Group, Remembered>> {
  const folded = new Map<Group, Remembered>();
  const unread: Group[] = [];
  const linksOf = (group: Group) => group.members.flatMap((call) => links.get(call) ?? []);
  for (const group of groups) {
    const known = remembered(memory, group);
    if (known) {
      for (const event of group.events) note(known.facts, event);
      known.last = group.events.at(-1) ?? known.last;
      known.rows = group.rows;
      for (const link of linksOf(group)) known.links.add(link);
      folded.set(group, known);
    } else if (group.rows === group.added) folded.set(group, begun(group, group.events, linksOf(group)));
    else unread.push(group);
  }
  const stored = await readEvents(
    trx,
    unread.flatMap((group) => group.members),
  );
  const busy = await activitiesOfCalls(
    trx,
    unread.flatMap((group) => group.members),
  );
  for (const group of unread) {
    const events = group.members.flatMap((call) => stored.get(call) ?? []).sort(byTime);
    if (events.length === 0) continue;
    const before = busy.filter(({ call }) => group.members.includes(call));
    folded.set(group, { ...begun(group, events, linksOf(group)), busy: before });
  }
  return folded;
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
  return { facts: factsOf(first.call, events), last, rows, members, links: new Set(links), busy: [] };
}

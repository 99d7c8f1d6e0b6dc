// Which calls of a batch are one story, by what is in the tables and by what the batch says; and that nobody else writes it
// meanwhile.
import type { CallEvent } from '../call/event.js';
import { keysOf } from '../call/link.js';
import { lockCalls } from '../store/calls.js';
import type { Db, Tx } from '../store/database.js';
import { callsOfLinks, joinsOf, type Link, saveLinks } from '../store/joins.js';
import { type Memory, rootOf } from './memory.js';

/** The transaction must begin again and hold these calls from the start: locks are taken in one order only. */
export class HoldMore extends Error {
  constructor(readonly calls: readonly string[]) {
    super('more calls belong to the stories than are held');
  }
}

/** What a link that names a call begins with. */
const NAMES = '=';
const named = (call: string) => NAMES + call;
/** The call a link names; null for a linkedid. */
export const calledBy = (link: string): string | null => (link.startsWith(NAMES) ? link.slice(1) : null);

/** What some events tie their calls to; that a call is itself needs no saying. */
export function linksOf(events: readonly CallEvent[]): Link[] {
  const links = new Map<string, Link>();
  for (const event of events) {
    for (const link of keysOf(event)) {
      if (link !== named(event.call)) links.set(`${link} ${event.call}`, { link, call: event.call });
    }
  }
  return [...links.values()];
}

export interface Stories {
  /** Each a story's calls, sorted; together all that these events change. */
  groups: string[][];
  /** `link call` of what was noted, by call. */
  links: Map<string, string[]>;
  /** Of calls whose rows stand under another's id: that id. */
  joined: Map<string, string>;
  /** All calls whose row is held now. */
  held: Set<string>;
}

/**
 * Finds the stories that the events of a batch belong to, and holds them until the end of the transaction.
 * Costs one insert and at most two selects where nothing is joined. Throws HoldMore.
 */
export async function holdStories(
  trx: Tx,
  db: Db,
  memory: Memory,
  byCall: ReadonlyMap<string, readonly CallEvent[]>,
  also: ReadonlySet<string>,
): Promise<Stories> {
  const links = new Map<string, string[]>();
  const fresh: Link[] = [];
  for (const [call, events] of byCall) {
    const known = memory.stories.get(rootOf(memory, call))?.links;
    const all = linksOf(events);
    links.set(
      call,
      all.map(({ link }) => `${link} ${call}`),
    );
    fresh.push(...all.filter(({ link }) => !known?.has(`${link} ${call}`)));
  }
  await saveLinks(trx, db, fresh);
  const calls = [...byCall.keys()];
  const held = new Set([...calls, ...also, ...calls.map((call) => rootOf(memory, call))]);
  await lockCalls(trx, db, [...held]);
  const groups = new Groups([...calls, ...also]);
  await findPartners(trx, groups, fresh);
  const joined = await followJoins(trx, groups);
  const found = groups.list().filter((group) => group.length > 1 || byCall.has(group[0] ?? ''));
  if (db.dialect === 'mysql') {
    // Who holds a story's own row holds the story: calls that were joined with it need no lock of theirs.
    const missing = found.flat().filter((call) => !held.has(call) && !joined.has(call));
    if (missing.length > 0) throw new HoldMore(missing);
  }
  return { groups: found, links, joined, held };
}

/** Calls that share one of these links are one story. */
async function findPartners(trx: Tx, groups: Groups, links: readonly Link[]): Promise<void> {
  const shared: string[] = [];
  for (const { link, call } of links) {
    const other = calledBy(link);
    if (other === null) shared.push(link);
    else groups.unite(call, other);
  }
  const by = new Map<string, string>();
  for (const { link, call } of await callsOfLinks(trx, [...new Set(shared)])) {
    if (call === '') continue;
    groups.unite(by.get(link) ?? call, call);
    by.set(link, call);
  }
}

/** … and so are those that were joined before. Returns, of the calls whose rows stand under another's id, that id. */
async function followJoins(trx: Tx, groups: Groups): Promise<Map<string, string>> {
  const joined = new Map<string, string>();
  let ask = groups.calls();
  while (ask.length > 0) {
    const before = new Set(groups.calls());
    for (const { call, story } of await joinsOf(trx, ask)) {
      groups.unite(story, call);
      joined.set(call, story);
    }
    ask = groups.calls().filter((call) => !before.has(call));
  }
  return joined;
}

/** Sorts calls into groups, two at a time. */
export class Groups {
  #leader = new Map<string, string>();

  constructor(calls: readonly string[]) {
    for (const call of calls) this.#leader.set(call, call);
  }

  unite(one: string, other: string): void {
    const [a, b] = [this.#find(one), this.#find(other)];
    if (a !== b) this.#leader.set(b, a);
  }

  calls(): string[] {
    return [...this.#leader.keys()];
  }

  list(): string[][] {
    const groups = new Map<string, string[]>();
    for (const call of this.#leader.keys()) {
      const leader = this.#find(call);
      const group = groups.get(leader);
      if (group) group.push(call);
      else groups.set(leader, [call]);
    }
    return [...groups.values()].map((group) => group.sort());
  }

  #find(call: string): string {
    let at = call;
    for (;;) {
      const up = this.#leader.get(at);
      if (up === undefined) this.#leader.set(at, at);
      if (up === undefined || up === at) return at;
      at = up;
    }
  }
}

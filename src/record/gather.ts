// The stories of some calls, from nothing but events: what the tables say of links and joins is put right on the way.
import { type CallEvent, parseLine } from '../call/event.js';
import { finishedOf } from '../store/calls.js';
import type { Db, Tx } from '../store/database.js';
import { countEvents, linesOfCalls } from '../store/events.js';
import { callsOfLinks, dropLinks, joinsOf, linksOfCalls, saveLinks } from '../store/joins.js';
import { calledBy, Groups, linksOf } from './stories.js';

export interface Gathered {
  /** The calls of each story, sorted; calls that were wrongly joined with one of them make stories of their own. */
  stories: string[][];
  /** All events of each call, operators' own words included. */
  lines: Map<string, CallEvent[]>;
}

/** Gathers the stories that some calls are part of, and those they were part of until now. */
export async function gather(trx: Tx, db: Db, calls: readonly string[]): Promise<Gathered> {
  const lines = new Map<string, CallEvent[]>();
  const groups = new Groups([]);
  const by = new Map<string, string>();
  const seen = new Set<string>();
  let ask = [...calls];
  while (ask.length > 0) {
    for (const call of ask) seen.add(call);
    const read = await eventsOf(trx, ask);
    const gone = await goneOf(trx, ask, read);
    ask = ask.filter((call) => !gone.has(call));
    for (const call of ask) groups.unite(call, call);
    for (const call of ask) lines.set(call, read.get(call) ?? []);
    const links = await putRight(trx, db, read);
    for (const { link, call } of links) {
      const other = calledBy(link);
      if (other !== null) groups.unite(call, other);
    }
    const shared = links.map(({ link }) => link).filter((link) => calledBy(link) === null);
    const next = new Set<string>();
    for (const { link, call } of await callsOfLinks(trx, [...new Set([...shared, ...ask.map((id) => `=${id}`)])])) {
      if (call === '') continue;
      next.add(call);
      groups.unite(calledBy(link) ?? by.get(link) ?? call, call);
      by.set(link, call);
    }
    for (const { call, story } of await joinsOf(trx, ask)) next.add(call).add(story);
    for (const call of groups.calls()) next.add(call);
    ask = [...next].filter((call) => !seen.has(call));
  }
  return { stories: groups.list().map((story) => story.filter((call) => lines.has(call))), lines };
}

/** Calls without events whose rows stand, under their own id or a story's: retention took the events, and the rows stay as they are. */
async function goneOf(
  trx: Tx,
  calls: readonly string[],
  read: ReadonlyMap<string, readonly CallEvent[]>,
): Promise<Set<string>> {
  const silent = calls.filter((call) => (read.get(call) ?? []).length === 0);
  const storyOf = new Map((await joinsOf(trx, silent)).map(({ call, story }) => [call, story]));
  const stories = [...new Set(silent.map((call) => storyOf.get(call) ?? call))];
  const finished = await finishedOf(trx, stories);
  const told = await countEvents(trx, [...finished.keys()]);
  return new Set(
    silent.filter((call) => {
      const story = storyOf.get(call) ?? call;
      return finished.has(story) && (told.get(story) ?? 0) === 0;
    }),
  );
}

async function eventsOf(trx: Tx, calls: readonly string[]): Promise<Map<string, CallEvent[]>> {
  const events = new Map<string, CallEvent[]>();
  for (const [call, lines] of await linesOfCalls(trx, calls)) {
    events.set(
      call,
      lines.map(parseLine).flatMap((parsed) => (parsed.ok ? [parsed.event] : [])),
    );
  }
  return events;
}

/** Makes the links of calls those that their events say, and returns them. */
async function putRight(trx: Tx, db: Db, read: ReadonlyMap<string, CallEvent[]>) {
  const told = [...read.entries()].filter(([, events]) => events.length > 0);
  const links = linksOf(told.flatMap(([, events]) => events));
  const said = new Set(links.map(({ link, call }) => `${link} ${call}`));
  const stand = await linksOfCalls(
    trx,
    told.map(([call]) => call),
  );
  const there = new Set(stand.map(({ link, call }) => `${link} ${call}`));
  await dropLinks(
    trx,
    stand.filter(({ link, call }) => !said.has(`${link} ${call}`)),
  );
  await saveLinks(
    trx,
    db,
    links.filter(({ link, call }) => !there.has(`${link} ${call}`)),
  );
  return links;
}

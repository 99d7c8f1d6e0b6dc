// Which call a recording is of. Asked in this order: its name is a call's id (ours); a hook told its file; its name holds the uniqueid
// of a channel of a call; an event of that channel's first seconds names it (a Local channel has no leg).
import type { Db } from '../store/database.js';
import { callOfEvent, callsKnown, callsOfChannels, filesTold } from '../store/recording-calls.js';
import { linkRecording, type Recording, unlinkedRecordings } from '../store/recordings.js';
import { readName } from './layout.js';

export interface LinkParts {
  db: Db;
  pbx: string;
  /** Only recordings found from then on, ms: the others were tried often enough. */
  since: number;
  signal?: AbortSignal;
  progress?: (tried: number, linked: number) => void;
}

const BATCH = 500;
const HOUR = 3_600_000;
/** Files are told when they begin: up to so long after the channel began, or before the file was last written, ms. */
const LONGEST = 24 * HOUR;
/** A channel's first events come within this, ms. */
const FIRST_MS = 10_000;
/** Questions to the events in one batch: each reads some seconds of them. */
const SEARCHES = 100;

/** Links what can be linked. */
export async function link({
  db,
  pbx,
  since,
  signal,
  progress,
}: LinkParts): Promise<{ tried: number; linked: number }> {
  let after = '';
  let [tried, linked] = [0, 0];
  for (;;) {
    const some = await unlinkedRecordings(db, { pbx, since, after, limit: BATCH });
    const found = await callsOfRecordings(db, pbx, some);
    for (const [id, call] of found) await linkRecording(db, id, call);
    tried += some.length;
    linked += found.size;
    progress?.(tried, linked);
    after = some.at(-1)?.id ?? '';
    if (some.length < BATCH || signal?.aborted) return { tried, linked };
  }
}

/** The calls of some recordings, by their ids; those of no known call are left out. */
export async function callsOfRecordings(
  db: Db,
  pbx: string,
  recordings: readonly Recording[],
): Promise<Map<string, string>> {
  const calls = new Map<string, string>();
  const open = () => recordings.filter(({ id }) => !calls.has(id));
  const put = (one: Recording, call: string | undefined | null) => call && calls.set(one.id, call);

  const named = new Map(recordings.map((one) => [one.id, readName(one.path)]));
  const known = await callsKnown(
    db,
    [...named.values()].flatMap((one) => one.calls),
  );
  for (const one of open())
    put(
      one,
      named.get(one.id)?.calls.find((id) => known.has(id)),
    );

  const channels = await callsOfChannels(db, pbx, unique(open().map((one) => one.uniqueid)));
  for (const one of open()) put(one, channels.get(one.uniqueid));

  for (const group of byDay(open())) {
    const told = await filesTold(db, pbx, group.from, group.to);
    const full = new Map(told.map(({ file, call }) => [file, call]));
    const bare = new Map(told.map(({ file, call }) => [baseOf(file), call]));
    for (const one of group.recordings) put(one, full.get(one.path) ?? bare.get(baseOf(one.path)));
  }

  for (const one of open().slice(0, SEARCHES)) {
    const at = named.get(one.id)?.at ?? null;
    if (at === null || one.uniqueid === '') continue;
    put(one, await callOfEvent(db, { pbx, uniqueid: one.uniqueid, from: at, to: at + FIRST_MS }));
  }
  return calls;
}

const unique = (all: readonly string[]): string[] => [...new Set(all.filter((one) => one !== ''))];
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Recordings in groups of a day, each with the time in which a hook can have told of them. */
function byDay(recordings: readonly Recording[]): { from: number; to: number; recordings: Recording[] }[] {
  const days = new Map<number, Recording[]>();
  for (const one of recordings) {
    const day = Math.floor(one.takenAt / LONGEST);
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  return [...days].map(([day, some]) => ({
    ...{ from: (day - 1) * LONGEST, to: (day + 1) * LONGEST + HOUR, recordings: some },
  }));
}

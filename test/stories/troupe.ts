// Several centres play the stories side by side: a play is mostly waiting, so four of them take little more than a quarter of the time.
import type { AsteriskVersion } from '../../scripts/lab/asterisk-tree.js';
import { within } from '../../scripts/lab/wait.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { type Centre, CREW, logIn, openCentre, quiet } from './centre.js';
import { type Globals, readGlobals, reset } from './centre-reset.js';
import { OffTime, perform } from './perform.js';
import type { Story } from './story.js';

/** Longest time one play may take, ms; a story that needs more is no story. */
const PLAY_MS = 60_000;
/** How often a story is played beside the others whose rows were right and whose times were not. After that it waits for the end. */
const PLAYS = 3;

/** How a play went. */
export interface Played {
  seconds: number;
  /** Null when every row was the story's. */
  error: Error | null;
}

interface Stand {
  centre: Centre;
  database: TestDb;
  globals: Globals;
}

export interface Troupe {
  centres: Centre[];
  /** Resolves when the story was played; rejects only when it was not among those that were to be played. */
  played(story: Story): Promise<Played>;
  /** Resolves when all have been played. */
  done: Promise<unknown>;
  stop(): Promise<void>;
}

/** Opens `size` centres, each on a database of its own (SQLite and MariaDB in turn), and begins to play. */
export async function openTroupe(version: AsteriskVersion, size: number, stories: readonly Story[]): Promise<Troupe> {
  const stands = await openStands(version, Math.min(size, Math.max(1, stories.length)));
  const results = new Map(stories.map((story) => [story.file, later()]));
  const [left, late]: [Story[], Story[]] = [[...stories], []];
  const work = async (stand: Stand) => {
    for (let story = left.shift(); story; story = left.shift()) {
      const played = await inTime(stand, story);
      if (played.error instanceof OffTime) late.push(story);
      else results.get(story.file)?.resolve(played);
    }
  };
  // Alone at last: what is still late is not so because of its neighbours, but there may be others on this machine.
  const again = async () => {
    const [stand] = stands;
    for (let story = late.shift(); stand && story; story = late.shift()) {
      const { seconds, error } = await inTime(stand, story);
      const excused = error instanceof OffTime && error.excused;
      results.get(story.file)?.resolve({ seconds, error: excused ? null : error });
    }
  };
  return {
    centres: stands.map((stand) => stand.centre),
    played: (story) => results.get(story.file)?.promise ?? Promise.reject(new Error(`${story.file} is not played`)),
    done: Promise.all(stands.map(work)).then(again),
    stop: async () => {
      left.length = 0;
      late.length = 0;
      await close(stands);
    },
  };
}

async function openStands(version: AsteriskVersion, size: number): Promise<Stand[]> {
  const stands: Stand[] = [];
  try {
    // One after the other: a centre that is being built needs the whole machine for two seconds.
    for (let n = 0; n < size; n++) stands.push(await openStand(version, n));
    return stands;
  } catch (error) {
    await close(stands);
    throw error;
  }
}

async function close(stands: readonly Stand[]): Promise<void> {
  for (const { centre, database } of stands) {
    await centre.stop();
    await database.remove();
  }
}

/** A result that somebody gives later; the play of a story and the test that asks for it come in any order. */
function later(): { promise: Promise<Played>; resolve: (played: Played) => void } {
  let resolve: (played: Played) => void = () => undefined;
  const promise = new Promise<Played>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function openStand(version: AsteriskVersion, n: number): Promise<Stand> {
  const database = await emptyDatabase(n % 2 === 0 ? 'sqlite' : 'mysql');
  let centre: Centre | null = null;
  try {
    centre = await openCentre(version, database.url);
    const globals = await readGlobals(centre);
    for (const [operator, queues] of Object.entries(CREW)) await logIn(centre, [operator], queues);
    return { centre, database, globals };
  } catch (error) {
    await centre?.stop();
    await database.remove();
    throw error;
  }
}

/** Plays a story until its times are right too; how the last play went. */
async function inTime(stand: Stand, story: Story): Promise<Played> {
  let played = await tryOne(stand, story);
  for (let n = 1; n < PLAYS && played.error instanceof OffTime; n++) played = await tryOne(stand, story);
  return played;
}

async function tryOne(stand: Stand, story: Story): Promise<Played> {
  const { centre, globals } = stand;
  let started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    await reset(centre, globals, story.given);
    started = performance.now();
    await within(perform(centre, story), PLAY_MS, `${story.file} to be played`);
    return { seconds: seconds(), error: null };
  } catch (error) {
    await clear(centre);
    return { seconds: seconds(), error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** What a play that failed left behind must not reach the next one. */
async function clear(centre: Centre): Promise<void> {
  await centre.asterisk.cli('channel request hangup all').catch(() => '');
  await quiet(centre).catch(() => undefined);
}

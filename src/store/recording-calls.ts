// What ties recordings to calls, and which calls' recordings are never deleted.
import type { Db } from './database.js';
import { cut } from './text.js';
import { fromDb, toDb } from './time.js';

const AT_ONCE = 500;
const LONGEST_TEXT = 255;
const LONGEST_WORD = 80;

async function inParts<T>(values: readonly string[], ask: (part: string[]) => PromiseLike<T[]>): Promise<T[]> {
  const found: T[] = [];
  for (let i = 0; i < values.length; i += AT_ONCE) found.push(...(await ask(values.slice(i, i + AT_ONCE))));
  return found;
}

/** Which of some ids are calls that the tables know, as a story or as part of one. */
export async function callsKnown(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const tables = ['cdr_calls', 'rt_calls', 'call_joins'];
  const found = await Promise.all(
    tables.map((table) => inParts(ids, (part) => db.knex(table).whereIn('call_id', part).pluck('call_id'))),
  );
  return new Set(found.flat() as string[]);
}

/** The calls in which some channels of a PBX were held by a person or a trunk, by uniqueid. */
export async function callsOfChannels(db: Db, pbx: string, uniqueids: readonly string[]): Promise<Map<string, string>> {
  const calls = new Map<string, string>();
  for (const table of ['rt_legs', 'cdr_legs']) {
    const rows = await inParts(
      uniqueids,
      (part) =>
        db.knex(table).where({ pbx }).whereIn('uniqueid', part).select('uniqueid', 'call_id') as unknown as PromiseLike<
          { uniqueid: string; call_id: string }[]
        >,
    );
    for (const row of rows) calls.set(row.uniqueid, row.call_id);
  }
  return calls;
}

/** The files that hooks told of recordings begun between two moments (ms), with their calls. */
export async function filesTold(
  db: Db,
  pbx: string,
  from: number,
  to: number,
): Promise<{ call: string; file: string }[]> {
  const tables = ['cdr_steps', 'rt_steps'].map(async (table) => {
    const rows = (await db
      .knex(table)
      .where({ pbx, step: 'recording' })
      .where('started_at', '>=', toDb(from))
      .where('started_at', '<=', toDb(to))
      .select('call_id', 'what')) as { call_id: string; what: string }[];
    return rows.map((row) => ({ call: row.call_id, file: row.what }));
  });
  return (await Promise.all(tables)).flat();
}

/**
 * The call of a channel that no leg stands for (a Local channel's): looked for among the events of the seconds from `from` to `to`,
 * which are few. Null when none names it.
 */
export async function callOfEvent(
  db: Db,
  asked: { pbx: string; uniqueid: string; from: number; to: number },
): Promise<string | null> {
  const rows = (await db
    .knex('events')
    .where('at', '>=', toDb(asked.from))
    .where('at', '<=', toDb(asked.to))
    .where({ pbx: asked.pbx })
    .orderBy('at')
    .limit(5000)
    .select('call_id', 'line')) as { call_id: string; line: string }[];
  const word = encodeURIComponent(asked.uniqueid);
  return rows.find(({ line }) => `${line}&`.includes(`=${word}&`))?.call_id ?? null;
}

/** The queues that some calls were in, by call; a call that is part of a story has the story's. */
export async function queuesOfCalls(db: Db, calls: readonly string[]): Promise<Map<string, string[]>> {
  const joins = await joinsOf(db, calls);
  const stories = [...new Set(calls.map((call) => joins.get(call) ?? call))];
  const queues = new Map<string, Set<string>>();
  for (const table of ['cdr_visits', 'rt_visits']) {
    const rows = await inParts(
      stories,
      (part) =>
        db.knex(table).whereIn('call_id', part).select('call_id', 'queue') as unknown as PromiseLike<
          { call_id: string; queue: string }[]
        >,
    );
    for (const row of rows) queues.set(row.call_id, (queues.get(row.call_id) ?? new Set()).add(row.queue));
  }
  return new Map(calls.map((call) => [call, [...(queues.get(joins.get(call) ?? call) ?? [])]]));
}

/** The story that each of some calls became part of; calls of their own are left out. */
async function joinsOf(db: Db, calls: readonly string[]): Promise<Map<string, string>> {
  const rows = await inParts(
    calls,
    (part) =>
      db.knex('call_joins').whereIn('call_id', part).select('call_id', 'story_id') as unknown as PromiseLike<
        { call_id: string; story_id: string }[]
      >,
  );
  return new Map(rows.map((row) => [row.call_id, row.story_id]));
}

/** Which of some calls still run, themselves or their stories. */
export async function callsRunning(db: Db, calls: readonly string[]): Promise<Set<string>> {
  const joins = await joinsOf(db, calls);
  const stories = [...new Set(calls.map((call) => joins.get(call) ?? call))];
  const running = new Set(
    (await inParts(stories, (part) => db.knex('rt_calls').whereIn('call_id', part).pluck('call_id'))) as string[],
  );
  return new Set(calls.filter((call) => running.has(joins.get(call) ?? call)));
}

export interface KeepMark {
  call: string;
  /** ms. */
  at: number;
  login: string;
  why: string;
}

export async function keepCall(db: Db, mark: KeepMark): Promise<void> {
  const words = { login: cut(mark.login, LONGEST_WORD), why: cut(mark.why, LONGEST_TEXT) };
  await db
    .knex('recording_keeps')
    .insert({ call_id: mark.call, at: toDb(mark.at), ...words })
    .onConflict('call_id')
    .merge();
}

/** Takes the marks of these calls off; how many there were. */
export const releaseCalls = (db: Db, calls: readonly string[]): Promise<number> =>
  db
    .knex('recording_keeps')
    .whereIn('call_id', [...calls])
    .del();

export async function listKeeps(db: Db, calls?: readonly string[]): Promise<KeepMark[]> {
  const query = db.knex('recording_keeps').orderBy('at');
  if (calls !== undefined) query.whereIn('call_id', [...calls]);
  const rows = (await query) as { call_id: string; at: string; login: string; why: string }[];
  return rows.map((row) => ({ call: row.call_id, at: fromDb(row.at), login: row.login, why: row.why }));
}

/**
 * All calls whose recordings are kept: the marked ones, and those of the same story, which may have become one with them after the
 * mark was made.
 */
export async function keptCalls(db: Db): Promise<Set<string>> {
  const marked = (await listKeeps(db)).map((mark) => mark.call);
  const joins = await joinsOf(db, marked);
  const stories = [...new Set(marked.map((call) => joins.get(call) ?? call))];
  const members = (await inParts(stories, (part) =>
    db.knex('call_joins').whereIn('story_id', part).pluck('call_id'),
  )) as string[];
  return new Set([...marked, ...stories, ...members]);
}

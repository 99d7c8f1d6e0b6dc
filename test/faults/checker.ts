// The checker: what the generator knows against what the tables hold. Every promise R3 of the safety page is a line here.
import { isDeepStrictEqual } from 'node:util';
import { until } from '../../scripts/lab/wait.js';
import { type CallEvent, parseLine } from '../../src/call/event.js';
import { rebuild } from '../../src/record/rebuild.js';
import type { Random } from '../../src/simulator/random.js';
import type { Db } from '../../src/store/database.js';
import { readCall } from '../../src/store/read-call.js';
import { folded, running } from '../record/pieces.js';
import { idOf } from './truth.js';

export interface Verdict {
  /** Events that were to be there. */
  events: number;
  /** Ids that are not in the tables, and those that are there more than once. */
  lost: string[];
  doubled: string[];
  /** What else is not as it must be, in words. */
  wrong: string[];
}

/** Calls whose rows are read back and compared with the pure fold, beside the comparison of all by `rebuild`. */
const SAMPLE = 60;

/** Waits until the tables hold so many events; false after `ms`. */
export async function arrived(db: Db, events: number, ms: number): Promise<boolean> {
  const count = async () => {
    const [row] = (await db.knex('events').count({ n: '*' })) as { n: number }[];
    return Number(row?.n ?? 0) >= events;
  };
  return until(count, { what: 'the events in the tables', deadline: ms, every: 100 }).catch(() => false);
}

/** Compares. The servers must be down or idle by now. `rejected`: lines that may have been kept aside, torn ones for example. */
export async function check(
  db: Db,
  truth: ReadonlyMap<string, string>,
  random: Random,
  rejected = 0,
): Promise<Verdict> {
  const rows = (await db.knex('events').select('id', 'line')) as { id: string; line: string }[];
  const stored = new Map(rows.map((row) => [row.id, row.line]));
  const lost = [...truth.keys()].filter((id) => !stored.has(id));
  const wrong = [
    ...(await eventsWrong(db, truth, stored, rejected)),
    ...(await rowsWrong(db, [...stored.values()], random)),
    ...(await rebuildWrong(db)),
  ];
  return { events: truth.size, lost, doubled: await doubledIn(db, rows), wrong };
}

/** The key of `events` makes a second row impossible; a second word of it would stand in the rows of the calls. */
async function doubledIn(db: Db, rows: readonly { id: string; line: string }[]): Promise<string[]> {
  const seen = new Set<string>();
  const twice = rows.map((row) => idOf(row.line)).filter((id) => seen.size === seen.add(id).size);
  const calls = (await db
    .knex('rt_calls')
    .join('cdr_calls', 'rt_calls.call_id', 'cdr_calls.call_id')
    .pluck('rt_calls.call_id')) as string[];
  return [...twice, ...calls];
}

async function eventsWrong(
  db: Db,
  truth: ReadonlyMap<string, string>,
  stored: ReadonlyMap<string, string>,
  rejected: number,
): Promise<string[]> {
  const wrong: string[] = [];
  const foreign = [...stored.keys()].filter((id) => !truth.has(id));
  if (foreign.length > 0) wrong.push(`${foreign.length} events that nobody sent: ${foreign.slice(0, 3).join(', ')}`);
  const changed = [...truth].filter(([id, line]) => stored.has(id) && stored.get(id) !== line);
  if (changed.length > 0) wrong.push(`${changed.length} lines that are not as they were sent: ${changed[0]?.[1]}`);
  const aside = (await db.knex('rejected_events').select('reason', 'line')) as { reason: string; line: string }[];
  if (aside.length > rejected)
    wrong.push(`${aside.length} lines kept aside: ${aside[0]?.reason} (${aside[0]?.line.slice(0, 60)})`);
  return wrong;
}

/** The tables of calls against the pure fold of the stored events, and nothing of a finished call in rt_*. */
async function rowsWrong(db: Db, lines: readonly string[], random: Random): Promise<string[]> {
  const events = lines.flatMap((line): CallEvent[] => {
    const parsed = parseLine(line);
    return parsed.ok ? [parsed.event] : [];
  });
  const wrong: string[] = [];
  const runs = new Set(running(events));
  for (const table of ['rt_calls', 'rt_legs', 'rt_visits']) {
    const left = ((await db.knex(table).distinct('call_id').pluck('call_id')) as string[]).filter(
      (id) => !runs.has(id),
    );
    if (left.length > 0) wrong.push(`${left.length} calls left in ${table}: ${left.slice(0, 3).join(', ')}`);
  }
  if (runs.size > 0)
    wrong.push(`${runs.size} calls never end, as their events say: ${[...runs].slice(0, 3).join(', ')}`);
  const calls = folded(events);
  const finished = new Set((await db.knex('cdr_calls').pluck('call_id')) as string[]);
  const missing = calls.filter((call) => !finished.has(call.id));
  if (missing.length > 0) wrong.push(`${missing.length} finished calls without a row: ${missing[0]?.id}`);
  for (const call of some(calls, SAMPLE, random)) {
    const row = await readCall(db, call.id);
    if (!isDeepStrictEqual(row, call)) wrong.push(`the rows of ${call.id} are not the fold of its events`);
  }
  return wrong;
}

async function rebuildWrong(db: Db): Promise<string[]> {
  const { differed, operators } = await rebuild(db, { dryRun: true });
  return [
    ...(differed.length > 0 ? [`rebuild finds ${differed.length} calls that differ: ${differed.slice(0, 3)}`] : []),
    ...(operators.length > 0
      ? [`rebuild finds ${operators.length} operators' days that differ: ${operators.slice(0, 3)}`]
      : []),
  ];
}

function some<T>(all: readonly T[], most: number, random: Random): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, () => all[Math.floor(random.next() * all.length)] as T);
}

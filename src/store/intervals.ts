// Operators' days as rows: one state at every moment, counted again from where something changed.
import type { Knex } from 'knex';
import type { Leg } from '../call/call.js';
import {
  type Activity,
  activitiesOf,
  byChange,
  type Interval,
  OFF_DUTY,
  type Presence,
  presenceAfter,
  timeline,
} from '../call/timeline.js';
import { askFor, type Statement, sendAll, upserts } from './insert.js';
import { anyOf, changesSince, inParts, keyOf, type Said, type Who } from './presence.js';
import { fromDb, toDb } from './time.js';

/** From when on an operator's day must be counted again, ms. */
export interface Changed extends Who {
  at: number;
}

interface IntervalRow extends Who {
  started_at: string;
  ended_at: string | null;
  state: Interval['state'];
  reason: string;
  call_id: string;
  queue: string;
  lost: number;
  presence_before: string | null;
}

/** Where the counting begins: at the start of the interval that the change falls into, with the presence before it. */
interface Begin extends Who {
  at: number;
  /** Null before the first interval: then the day begins with the first thing known. */
  presence: Presence | null;
  /** Nothing stands behind that interval: it is the one that holds now, or there is none at all. */
  last: boolean;
}

/** Counts the days of some operators again, each from its time on. The operators must be held (lockOperators). */
export async function recount(trx: Knex, changed: readonly Changed[]): Promise<void> {
  if (changed.length === 0) return;
  const begins = await beginsOf(trx, changed);
  const changes = byWho(await changesSince(trx, begins));
  const activities = byWho(await activitiesSince(trx, begins));
  const rows = begins.flatMap((begin) =>
    dayOf(begin, changes.get(keyOf(begin)) ?? [], activities.get(keyOf(begin)) ?? []),
  );
  await sendAll(replacing(trx, begins, rows));
}

/** What stands from a beginning on goes: the interval that holds now is written over, and behind it there is none. */
function* replacing(
  trx: Knex,
  begins: readonly Begin[],
  rows: readonly Record<string, unknown>[],
): Generator<Statement> {
  for (const { pbx, operator, at } of begins.filter(({ last }) => !last))
    yield async () => trx('operator_intervals').where({ pbx, operator }).where('started_at', '>=', toDb(at)).del();
  yield* upserts(trx, 'operator_intervals', ['operator', 'started_at', 'pbx'], rows);
}

const timesOf = ({ pbx, operator, at }: Changed): string[] => [pbx, operator, toDb(at)];

async function beginsOf(trx: Knex, changed: readonly Changed[]): Promise<Begin[]> {
  const names = [...new Set(changed.map(({ operator }) => operator))];
  const open = await askFor(
    names,
    async (part) => (await trx('operator_intervals').whereNull('ended_at').whereIn('operator', part)) as IntervalRow[],
  );
  const rows = new Map(open.map((row) => [keyOf(row), row]));
  const late = changed.filter((one) => {
    const row = rows.get(keyOf(one));
    return row !== undefined && fromDb(row.started_at) >= one.at;
  });
  const behind = new Set(late.map(keyOf));
  for (const key of behind) rows.delete(key);
  // What falls into an interval that is over: that one is looked for.
  for (const row of await inParts(late, (part) => latestBefore(trx, part))) rows.set(keyOf(row), row);
  return changed.map(({ pbx, operator, at }) => {
    const row = rows.get(keyOf({ pbx, operator }));
    const begin = { at: row ? fromDb(row.started_at) : at, presence: row ? presenceIn(row) : null };
    return { pbx, operator, ...begin, last: !behind.has(keyOf({ pbx, operator })) };
  });
}

/** The last interval of each operator that began before a moment. */
async function latestBefore(trx: Knex, part: readonly Changed[]): Promise<IntervalRow[]> {
  const one = `SELECT * FROM (SELECT * FROM operator_intervals WHERE pbx = ? AND operator = ? AND started_at < ?
    ORDER BY started_at DESC LIMIT 1) latest`;
  const all = trx.raw(`(${part.map(() => one).join(' UNION ALL ')}) AS found`, part.flatMap(timesOf));
  return (await trx.select('*').from(all as unknown as string)) as IntervalRow[];
}

/** A presence as a text; null for nobody on duty, empty for the plain case of somebody who is. */
const written = ({ onDuty, paused, wrapup }: Presence): string | null =>
  !onDuty && !wrapup ? null : onDuty && paused === null && !wrapup ? '' : JSON.stringify({ onDuty, paused, wrapup });

const presenceIn = ({ presence_before: before }: IntervalRow): Presence =>
  before === null
    ? OFF_DUTY
    : before === ''
      ? { onDuty: true, paused: null, wrapup: null }
      : (JSON.parse(before) as Presence);

interface LegRow extends Who {
  call_id: string;
  role: Leg['role'];
  queue: string;
  started_at: string;
  answered_at: string | null;
  ended_at: string | null;
  outcome: Leg['outcome'];
}

const LEG = ['call_id', 'pbx', 'operator', 'role', 'queue', 'started_at', 'answered_at', 'ended_at', 'outcome'];

/** Rings and talks of operators as the tables have them, in some calls. */
export async function activitiesOfCalls(trx: Knex, calls: readonly string[]): Promise<(Activity & Who)[]> {
  const legs = (table: string) =>
    askFor(
      calls,
      async (part) => (await trx(table).select(LEG).whereIn('call_id', part).whereNot({ operator: '' })) as LegRow[],
    );
  return [...(await legs('rt_legs')), ...(await legs('cdr_legs'))].flatMap(activitiesIn);
}

/** … that reach beyond a time. */
function activitiesSince(trx: Knex, begins: readonly Begin[]): Promise<(Activity & Who)[]> {
  return inParts(begins, async (part) => {
    const beyond = anyOf(part, 'pbx = ? AND operator = ? AND ended_at >= ?', timesOf);
    const theirs = anyOf(part, 'pbx = ? AND operator = ?', ({ pbx, operator }) => [pbx, operator]);
    const finished = trx('cdr_legs').select(LEG).whereRaw(beyond.sql, beyond.values);
    const running = trx('rt_legs').select(LEG).whereRaw(theirs.sql, theirs.values);
    const rows = [...((await finished) as LegRow[]), ...((await running) as LegRow[])];
    return rows.flatMap(activitiesIn);
  });
}

function activitiesIn(row: LegRow): (Activity & Who)[] {
  const { pbx, operator, role, queue, outcome } = row;
  const times = {
    startedAt: fromDb(row.started_at),
    answeredAt: fromDb(row.answered_at),
    endedAt: fromDb(row.ended_at),
  };
  const leg = { role, queue, outcome, endpoint: operator, ...times };
  return activitiesOf({ id: row.call_id, endpoint: operator }, leg).map((activity) => ({ ...activity, pbx, operator }));
}

/** The rows of an operator from a time on. */
function dayOf(begin: Begin, changes: readonly Said[], activities: readonly Activity[]): Record<string, unknown>[] {
  const { pbx, operator, at } = begin;
  const sorted = [...changes].sort(byChange);
  const relevant = activities.filter(({ endedAt }) => endedAt === null || endedAt >= at);
  let presence = begin.presence ?? OFF_DUTY;
  const start = begin.presence === null ? null : { at, presence };
  let next = 0;
  return timeline(sorted, relevant, start).map((interval) => {
    for (let change = sorted[next]; change && change.at < interval.startedAt; change = sorted[next]) {
      next += 1;
      presence = presenceAfter(presence, change);
    }
    return {
      ...{ pbx, operator, started_at: toDb(interval.startedAt), ended_at: toDb(interval.endedAt) },
      ...{ state: interval.state, reason: interval.reason, call_id: interval.call, queue: interval.queue },
      ...{ lost: interval.lost ? 1 : 0, presence_before: written(presence) },
    };
  });
}

function byWho<T extends Who>(all: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of all) {
    const list = found.get(keyOf(one));
    if (list) list.push(one);
    else found.set(keyOf(one), [one]);
  }
  return found;
}

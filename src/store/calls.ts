// Writing folded calls: those that run into rt_*, those that are over into cdr_*. A call is in one of the two, never in both.
import type { Knex } from 'knex';
import type { Call } from '../call/call.js';
import type { Db } from './database.js';
import { deletes, inserts, rowsFor, type Statement, sendAll, upserts } from './insert.js';
import { storyOf, writeJoins } from './joins.js';
import { doneRow, legRows, liveRow, offerRows, plumbingRows, type Row, stepRows, talkRows, visitRows } from './rows.js';
import { fromDb, toDb } from './time.js';

/**
 * Takes the row locks of some calls, so that two servers that apply events of one call come one after the other.
 * A call's rt_calls row is its lock; it is made here when it isn't there, and writeCalls fills or removes it: a real change of it,
 * by which two nodes of a cluster see each other (see saveLinks).
 */
export async function lockCalls(trx: Knex, db: Db, calls: readonly string[]): Promise<void> {
  if (db.dialect === 'sqlite' || calls.length === 0) return;
  const empty = {
    pbx: '',
    direction: '',
    caller_number: '',
    caller_name: '',
    dialled: '',
    trunk: '',
    operator: '',
    click_id: '',
  };
  const now = toDb(0);
  // In one order everywhere: two batches that share calls never wait for each other in a ring.
  const rows = [...calls].sort().map((call_id) => ({
    ...{
      call_id,
      ...empty,
      linkedid: '',
      state: 'dialling',
      queue: '',
      channel: '',
      started_at: now,
      events: 0,
      odd: '',
    },
  }));
  await sendAll(upserts(trx, 'rt_calls', 'call_id', rows, ['call_id']));
}

/** Removes the empty rows that lockCalls made for ids that have no row of their own; what a call wrote there stays. */
export async function unlockCalls(trx: Knex, ids: readonly string[]): Promise<void> {
  await sendAll(deletes(trx, 'rt_calls', 'call_id', ids, '`events` = 0'));
}

/** What stands of a story, as its last writer remembers it. */
export interface Standing {
  id: string;
  live: boolean;
  /** Rows in each table of PARTS. */
  rows: readonly number[];
}

/** A call to be written, and what may stand of it. */
export interface Written {
  call: Call;
  /** All calls of its story, its own id included; those without an event too. */
  members: readonly string[];
  /** Null when it is not known: then whatever any of its calls may have goes first. */
  stands: Standing | 'nothing' | null;
}

/** The tables `rt_…` and `cdr_…` of what a call is made of, and its rows in them. */
const PARTS: readonly { name: string; live: (call: Call) => Row[]; done: (call: Call) => Row[] }[] = [
  { name: 'legs', live: (call) => [...legRows(call), ...plumbingRows(call)], done: legRows },
  { name: 'visits', live: visitRows, done: visitRows },
  { name: 'offers', live: offerRows, done: offerRows },
  { name: 'talks', live: talkRows, done: talkRows },
  { name: 'steps', live: stepRows, done: stepRows },
];

/** What stands of a call once it is written. */
export function standingOf(call: Call): Standing {
  const live = call.endedAt === null;
  const { legs, plumbing, visits, offers, talks, steps } = call;
  const all = [legs.length + (live ? plumbing.length : 0), visits.length, offers.length, talks.length, steps.length];
  return { id: call.id, live, rows: all };
}

/** Writes calls as they are folded now, each story under one id; rows of the calls that it took in go. */
export async function writeCalls(trx: Knex, written: readonly Written[]): Promise<void> {
  await sendAll(writesOf(trx, written));
  await joinCalls(trx, written);
}

/** The joins of stories whose calls are written (writesOf). */
export const joinCalls = (trx: Knex, written: readonly Written[]): Promise<void> =>
  writeJoins(trx, written.filter((one) => one.members.length > 1).map(joinsIn));

/** The statements of writeCalls, each made when it is asked for; all but the joins. */
export function* writesOf(trx: Knex, written: readonly Written[]): Generator<Statement> {
  const calls = written.map((one) => one.call);
  const live = calls.filter((call) => call.endedAt === null);
  const done = calls.filter((call) => call.endedAt !== null);
  const goes = goersOf(written);
  const takenIn = written.flatMap(({ call, members }) => members.filter((id) => id !== call.id));
  yield* deletes(trx, 'rt_calls', 'call_id', [...done.map((call) => call.id), ...takenIn]);
  yield* upserts(trx, 'rt_calls', 'call_id', live.map(liveRow));
  yield* deletes(trx, 'cdr_calls', 'call_id', goes.done);
  yield* inserts(trx, 'cdr_calls', done.map(doneRow));
  for (const [n, part] of PARTS.entries()) {
    yield* deletes(trx, `rt_${part.name}`, 'call_id', goes.fromLive(n));
    // What is known to stand and is no less now is written over: mostly it is the same, and costs nothing then.
    yield* upserts(trx, `rt_${part.name}`, ['call_id', 'n'], live.flatMap(part.live));
    yield* deletes(trx, `cdr_${part.name}`, 'call_id', goes.fromDone(n));
    yield* inserts(trx, `cdr_${part.name}`, done.flatMap(part.done));
  }
}

/** Whose rows go before the new ones are written, by table. */
function goersOf(written: readonly Written[]) {
  const unknown: string[] = [];
  const live: { stood: Standing; now: Standing }[] = [];
  const done: Standing[] = [];
  for (const { call, members, stands } of written) {
    if (stands === 'nothing') continue;
    if (stands === null || stands.id !== call.id) unknown.push(...members);
    else if (stands.live) live.push({ stood: stands, now: standingOf(call) });
    else done.push(stands);
  }
  const rows = (standing: Standing, n: number) => standing.rows[n] ?? 0;
  const isLess = ({ stood, now }: { stood: Standing; now: Standing }, n: number) =>
    rows(stood, n) > (now.live ? rows(now, n) : 0);
  return {
    done: [...unknown, ...done.map(({ id }) => id)],
    fromLive: (n: number) => [...unknown, ...live.filter((one) => isLess(one, n)).map(({ now }) => now.id)],
    fromDone: (n: number) => [...unknown, ...done.filter((one) => rows(one, n) > 0).map(({ id }) => id)],
  };
}

/** The joins of a story: first those it tells of, in its order, then those that were only named. */
function joinsIn({ call, members }: Written): { story: string; told: string[]; named: string[] } {
  const told = call.joined.filter((id) => id !== call.id);
  return { story: call.id, told, named: members.filter((id) => id !== call.id && !told.includes(id)) };
}

/** Which of some calls have a finished row, and how many events it was made of. */
export async function finishedOf(trx: Knex, calls: readonly string[]): Promise<Map<string, number>> {
  const sql = 'SELECT call_id, events FROM cdr_calls WHERE call_id IN (:keys)';
  const rows = await rowsFor<{ call_id: string; events: number }>(trx, sql, calls);
  return new Map(rows.map((row) => [row.call_id, Number(row.events)]));
}

/** Channels that the tables believe to be alive, for comparing with the PBX. */
export async function openChannels(
  db: Db,
): Promise<{ call: string; pbx: string; uniqueid: string; channel: string; startedAt: number }[]> {
  const rows = (await db
    .knex('rt_legs')
    .whereNull('ended_at')
    .select('call_id', 'pbx', 'uniqueid', 'channel', 'started_at')) as {
    call_id: string;
    pbx: string;
    uniqueid: string;
    channel: string;
    started_at: string;
  }[];
  return rows.map((r) => ({
    call: r.call_id,
    pbx: r.pbx,
    uniqueid: r.uniqueid,
    channel: r.channel,
    startedAt: fromDb(r.started_at),
  }));
}

/** Every row of some calls in rt_* and cdr_*, by table: for comparing a rebuild with what stands. */
export async function rowsOfCalls(
  trx: Knex,
  calls: readonly string[],
): Promise<Record<string, Record<string, unknown>[]>> {
  const found: Record<string, Record<string, unknown>[]> = {};
  const parts = PARTS.map(({ name }) => name);
  const tables = ['calls', ...parts].flatMap((name) => [`rt_${name}`, `cdr_${name}`]);
  for (const table of [...tables, 'call_joins']) {
    const order = table.endsWith('_calls') || table === 'call_joins' ? ['call_id'] : ['call_id', 'n'];
    found[table] = (await trx(table).whereIn('call_id', calls).orderBy(order)) as Record<string, unknown>[];
  }
  return found;
}

/**
 * What the call of a click is doing: its state while it runs, `ended` with its outcome afterwards; null when there is none.
 * A call that was joined with another is doing what the whole story does.
 */
export async function callOfClick(db: Db, click: string): Promise<{ state: string; outcome: string } | null> {
  const call_id = await storyOf(db, click);
  const live = (await db.knex('rt_calls').where({ call_id }).first('state')) as { state: string } | undefined;
  if (live) return { state: live.state, outcome: 'in_progress' };
  const done = (await db.knex('cdr_calls').where({ call_id }).first('outcome')) as { outcome: string } | undefined;
  return done ? { state: 'ended', outcome: done.outcome } : null;
}

// Writing folded calls: those that run into rt_*, those that are over into cdr_*. A call is in one of the two, never in both.
import type { Knex } from 'knex';
import type { Call } from '../call/call.js';
import type { Db } from './database.js';
import { insertAll, upsertAll } from './insert.js';
import { storyOf, writeJoins } from './joins.js';
import { doneRow, legRows, liveRow, offerRows, plumbingRows, stepRows, talkRows, visitRows } from './rows.js';
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
  for (let i = 0; i < rows.length; i += 500) {
    await trx('rt_calls')
      .insert(rows.slice(i, i + 500))
      .onConflict('call_id')
      .merge(['call_id']);
  }
}

/** Removes the empty rows that lockCalls made for ids that have no row of their own; what a call wrote there stays. */
export async function unlockCalls(trx: Knex, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await trx('rt_calls').whereIn('call_id', ids).where({ events: 0 }).del();
}

/** A call to be written, and what may stand of it. */
export interface Written {
  call: Call;
  /** All calls of its story, its own id included; those without an event too. */
  members: readonly string[];
  /** Never written before: nothing old needs to go first. */
  fresh: boolean;
}

const RUNNING = ['rt_legs', 'rt_visits', 'rt_offers', 'rt_talks', 'rt_steps'];
const FINISHED = ['cdr_legs', 'cdr_visits', 'cdr_offers', 'cdr_talks', 'cdr_steps', 'cdr_calls'];

/** Writes calls as they are folded now, each story under one id; rows of the calls that it took in go. */
export async function writeCalls(trx: Knex, written: readonly Written[]): Promise<void> {
  const calls = written.map((one) => one.call);
  const live = calls.filter((call) => call.endedAt === null);
  const done = calls.filter((call) => call.endedAt !== null);
  const old = written.filter((one) => !one.fresh).flatMap((one) => one.members);
  await clear(trx, [...RUNNING, ...FINISHED], old);
  const takenIn = written.flatMap(({ call, members }) => members.filter((id) => id !== call.id));
  await clear(trx, ['rt_calls'], [...done.map((call) => call.id), ...takenIn]);
  await upsertAll(trx, 'rt_calls', 'call_id', live.map(liveRow));
  await insertAll(
    trx,
    'rt_legs',
    live.flatMap((call) => [...legRows(call), ...plumbingRows(call)]),
  );
  await insertAll(trx, 'rt_visits', live.flatMap(visitRows));
  await insertAll(trx, 'rt_offers', live.flatMap(offerRows));
  await insertAll(trx, 'rt_talks', live.flatMap(talkRows));
  await insertAll(trx, 'rt_steps', live.flatMap(stepRows));
  await insertAll(trx, 'cdr_calls', done.map(doneRow));
  await insertAll(trx, 'cdr_legs', done.flatMap(legRows));
  await insertAll(trx, 'cdr_visits', done.flatMap(visitRows));
  await insertAll(trx, 'cdr_offers', done.flatMap(offerRows));
  await insertAll(trx, 'cdr_talks', done.flatMap(talkRows));
  await insertAll(trx, 'cdr_steps', done.flatMap(stepRows));
  await writeJoins(trx, written.filter((one) => one.members.length > 1).map(joinsIn));
}

/** The joins of a story: first those it tells of, in its order, then those that were only named. */
function joinsIn({ call, members }: Written): { story: string; told: string[]; named: string[] } {
  const told = call.joined.filter((id) => id !== call.id);
  return { story: call.id, told, named: members.filter((id) => id !== call.id && !told.includes(id)) };
}

async function clear(trx: Knex, tables: readonly string[], calls: readonly string[]): Promise<void> {
  if (calls.length === 0) return;
  for (const table of tables) await trx(table).whereIn('call_id', calls).del();
}

/** Which of some calls have a finished row, and how many events it was made of. */
export async function finishedOf(trx: Knex, calls: readonly string[]): Promise<Map<string, number>> {
  if (calls.length === 0) return new Map();
  const rows = (await trx('cdr_calls').whereIn('call_id', calls).select('call_id', 'events')) as {
    call_id: string;
    events: number;
  }[];
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
  for (const table of ['rt_calls', ...RUNNING, ...FINISHED, 'call_joins']) {
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

// Writing folded calls: those that run into rt_*, those that are over into cdr_*. A call is in one of the two, never in both.
import type { Knex } from 'knex';
import type { Call } from '../call/call.js';
import type { Db } from './database.js';
import { insertAll, upsertAll } from './insert.js';
import { doneRow, legRows, liveRow, offerRows, plumbingRows, talkRows, visitRows } from './rows.js';
import { fromDb, toDb } from './time.js';

/**
 * Takes the row locks of some calls, so that two servers that apply events of one call come one after the other.
 * A call's rt_calls row is its lock; it is made here when it isn't there, and writeCalls fills or removes it.
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

/** Removes the empty rows that lockCalls made for ids that turned out to be no calls. */
export async function unlockCalls(trx: Knex, ids: readonly string[]): Promise<void> {
  await clear(trx, ['rt_calls'], ids);
}

/** Writes calls as they are folded now. `fresh` are calls never written before: nothing old needs to go first. */
export async function writeCalls(trx: Knex, calls: readonly Call[], fresh: ReadonlySet<string>): Promise<void> {
  const live = calls.filter((call) => call.endedAt === null);
  const done = calls.filter((call) => call.endedAt !== null);
  const old = calls.filter((call) => !fresh.has(call.id)).map((call) => call.id);
  await clear(trx, ['rt_legs', 'rt_visits'], old);
  await clear(trx, ['cdr_legs', 'cdr_visits', 'cdr_offers', 'cdr_talks', 'cdr_calls'], old);
  await clear(
    trx,
    ['rt_calls'],
    done.map((call) => call.id),
  );
  await upsertAll(trx, 'rt_calls', 'call_id', live.map(liveRow));
  await insertAll(
    trx,
    'rt_legs',
    live.flatMap((call) => [...legRows(call), ...plumbingRows(call)]),
  );
  await insertAll(trx, 'rt_visits', live.flatMap(visitRows));
  await insertAll(trx, 'cdr_calls', done.map(doneRow));
  await insertAll(trx, 'cdr_legs', done.flatMap(legRows));
  await insertAll(trx, 'cdr_visits', done.flatMap(visitRows));
  await insertAll(trx, 'cdr_offers', done.flatMap(offerRows));
  await insertAll(trx, 'cdr_talks', done.flatMap(talkRows));
}

async function clear(trx: Knex, tables: readonly string[], calls: readonly string[]): Promise<void> {
  if (calls.length === 0) return;
  for (const table of tables) await trx(table).whereIn('call_id', calls).del();
}

/** Which of some calls have a finished row. */
export async function finishedOf(trx: Knex, calls: readonly string[]): Promise<Set<string>> {
  return new Set((await trx('cdr_calls').whereIn('call_id', calls).pluck('call_id')) as string[]);
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
  for (const table of [
    'rt_calls',
    'rt_legs',
    'rt_visits',
    'cdr_calls',
    'cdr_legs',
    'cdr_visits',
    'cdr_offers',
    'cdr_talks',
  ]) {
    const order = table.endsWith('_calls') ? ['call_id'] : ['call_id', 'n'];
    found[table] = (await trx(table).whereIn('call_id', calls).orderBy(order)) as Record<string, unknown>[];
  }
  return found;
}

/** What the call of a click is doing: its state while it runs, `ended` with its outcome afterwards; null when there is none. */
export async function callOfClick(db: Db, click: string): Promise<{ state: string; outcome: string } | null> {
  const live = (await db.knex('rt_calls').where({ call_id: click }).first('state')) as { state: string } | undefined;
  if (live) return { state: live.state, outcome: 'in_progress' };
  const done = (await db.knex('cdr_calls').where({ call_id: click }).first('outcome')) as
    | { outcome: string }
    | undefined;
  return done ? { state: 'ended', outcome: done.outcome } : null;
}

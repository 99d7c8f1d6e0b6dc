// An operator's own word: logged in, paused and why, logged out. One row an operator of a PBX; the newest event wins.
import type { Knex } from 'knex';
import type { Call } from '../call/call.js';
import type { CallEvent, EventOf, OPERATOR_EVENTS } from '../call/event.js';
import { byTime } from '../call/fold.js';
import { upsertAll } from './insert.js';
import { fromDb, toDb } from './time.js';

export type OperatorEvent = EventOf<(typeof OPERATOR_EVENTS)[number]>;
export const isOperatorEvent = (event: CallEvent): event is OperatorEvent => 'operator' in event;

interface OperatorRow {
  pbx: string;
  operator: string;
  presence: string;
  since: string;
  reason: string;
  queues: string;
  /** Of the login that named them: a login that comes late still names the queues. */
  queues_since: string | null;
  last_event: string;
  idle_since: string | null;
}

/** Applies operators' events in the order of their clock; a late one changes nothing but, if it is the latest login, the queues. */
export async function applyOperatorEvents(trx: Knex, events: readonly OperatorEvent[]): Promise<void> {
  if (events.length === 0) return;
  const names = [...new Set(events.map((event) => event.operator))];
  const rows = new Map<string, OperatorRow>();
  for (const row of (await trx('rt_operators')
    .whereIn('operator', names)
    .orderBy(['pbx', 'operator'])
    .forUpdate()) as OperatorRow[])
    rows.set(`${row.pbx}/${row.operator}`, row);
  const changed = new Set<OperatorRow>();
  for (const event of [...events].sort(byTime) as OperatorEvent[]) {
    const key = `${event.pbx}/${event.operator}`;
    const before = rows.get(key);
    const row = before && fromDb(before.since) > event.at ? late(before, event) : next(before, event);
    if (!row) continue;
    if (before) changed.delete(before);
    changed.add(row);
    rows.set(key, row);
  }
  await upsertAll(
    trx,
    'rt_operators',
    ['pbx', 'operator'],
    [...changed].map((row) => ({ ...row })),
  );
}

/** What a late event still changes; null when nothing. */
function late(before: OperatorRow, event: OperatorEvent): OperatorRow | null {
  if (event.event !== 'login' || (fromDb(before.queues_since) ?? 0) >= event.at) return null;
  return { ...before, queues: event.queues, queues_since: toDb(event.at) };
}

function next(before: OperatorRow | undefined, event: OperatorEvent): OperatorRow {
  const row: OperatorRow = {
    pbx: event.pbx,
    operator: event.operator,
    presence: 'ready',
    since: toDb(event.at),
    reason: '',
    queues: before?.queues ?? '',
    queues_since: before?.queues_since ?? null,
    last_event: event.id,
    idle_since: before?.idle_since ?? null,
  };
  if (event.event === 'login') Object.assign(row, { queues: event.queues, queues_since: toDb(event.at) });
  if (event.event === 'logout') row.presence = 'offline';
  if (event.event === 'pause') {
    row.presence = 'paused';
    row.reason = event.reason;
  }
  return row;
}

/** Makes the rows of the operators of these events anew from nothing but them. When they were last idle is kept. */
export async function rebuildOperators(trx: Knex, events: readonly OperatorEvent[]): Promise<void> {
  const keys = new Map(events.map(({ pbx, operator }) => [`${pbx}/${operator}`, { pbx, operator }]));
  const idle = new Map<string, string | null>();
  for (const [key, where] of keys) {
    const row = (await trx('rt_operators').where(where).first('idle_since')) as
      | { idle_since: string | null }
      | undefined;
    idle.set(key, row?.idle_since ?? null);
    await trx('rt_operators').where(where).del();
  }
  await applyOperatorEvents(trx, events);
  for (const [key, where] of keys)
    await trx('rt_operators')
      .where(where)
      .update({ idle_since: idle.get(key) ?? null });
}

/** Notes when operators' legs ended: an operator who is ready is ready since then. */
export async function noteIdle(trx: Knex, calls: readonly Call[]): Promise<void> {
  const latest = new Map<string, number>();
  for (const call of calls) {
    for (const leg of call.legs) {
      if (leg.endedAt === null || leg.endpoint === '') continue;
      const key = `${call.pbx}/${leg.endpoint}`;
      latest.set(key, Math.max(leg.endedAt, latest.get(key) ?? 0));
    }
  }
  if (latest.size === 0) return;
  const rows = (await trx('rt_operators')
    .whereIn('operator', [...new Set([...latest.keys()].map((key) => key.slice(key.indexOf('/') + 1)))])
    .select('pbx', 'operator', 'idle_since')) as OperatorRow[];
  for (const row of rows) {
    const at = latest.get(`${row.pbx}/${row.operator}`) ?? 0;
    if (at <= (fromDb(row.idle_since) ?? 0)) continue;
    await trx('rt_operators')
      .where({ pbx: row.pbx, operator: row.operator })
      .update({ idle_since: toDb(at) });
  }
}

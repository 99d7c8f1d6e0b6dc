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
  last_event: string;
  idle_since: string | null;
}

/** Applies operators' events in the order of their clock; one older than what the row says is late and changes nothing. */
export async function applyOperatorEvents(trx: Knex, events: readonly OperatorEvent[]): Promise<void> {
  if (events.length === 0) return;
  const names = [...new Set(events.map((event) => event.operator))];
  const rows = new Map<string, OperatorRow>();
  for (const row of (await trx('rt_operators').whereIn('operator', names)) as OperatorRow[])
    rows.set(`${row.pbx}/${row.operator}`, row);
  const changed = new Set<OperatorRow>();
  for (const event of [...events].sort(byTime) as OperatorEvent[]) {
    const key = `${event.pbx}/${event.operator}`;
    const before = rows.get(key);
    if (before && fromDb(before.since) > event.at) continue;
    const row = next(before, event);
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

function next(before: OperatorRow | undefined, event: OperatorEvent): OperatorRow {
  const row: OperatorRow = {
    pbx: event.pbx,
    operator: event.operator,
    presence: 'ready',
    since: toDb(event.at),
    reason: '',
    queues: before?.queues ?? '',
    last_event: event.id,
    idle_since: before?.idle_since ?? null,
  };
  if (event.event === 'login') row.queues = event.queues;
  if (event.event === 'logout') row.presence = 'offline';
  if (event.event === 'pause') {
    row.presence = 'paused';
    row.reason = event.reason;
  }
  return row;
}

/** Notes when operators' legs ended: an operator who is ready is ready since then. */
export async function noteIdle(trx: Knex, calls: readonly Call[]): Promise<void> {
  const latest = new Map<string, number>();
  for (const call of calls) {
    for (const leg of call.legs) {
      if (leg.endedAt === null || leg.endpoint === '') continue;
      latest.set(leg.endpoint, Math.max(leg.endedAt, latest.get(leg.endpoint) ?? 0));
    }
  }
  if (latest.size === 0) return;
  const rows = (await trx('rt_operators')
    .whereIn('operator', [...latest.keys()])
    .select('pbx', 'operator', 'idle_since')) as OperatorRow[];
  for (const row of rows) {
    const at = latest.get(row.operator) ?? 0;
    if (at <= (fromDb(row.idle_since) ?? 0)) continue;
    await trx('rt_operators')
      .where({ pbx: row.pbx, operator: row.operator })
      .update({ idle_since: toDb(at) });
  }
}

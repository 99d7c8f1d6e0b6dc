// An operator's own word: logged in, paused and why, in wrap-up, logged out. One row an operator of a PBX, told by the newest changes.
import type { Knex } from 'knex';
import { byChange, OFF_DUTY, type Presence, presenceAfter } from '../call/timeline.js';
import { upsertAll } from './insert.js';
import { anyOf, changesOfShift, inParts, keyOf, type Said, type Who } from './presence.js';
import { fromDb, toDb } from './time.js';

/** `presence` without the wrap-up, which runs over it while `wrapup_until` is there. */
interface OperatorRow {
  pbx: string;
  operator: string;
  presence: 'offline' | 'ready' | 'paused';
  since: string;
  reason: string;
  queues: string;
  /** Of the login that named them. */
  queues_since: string | null;
  last_event: string;
  wrapup_until: string | null;
  wrapup_since: string | null;
  wrapup_queue: string;
}

/** Brings the operators' rows up to date with changes that are saved already. The operators must be held (lockOperators). */
export async function applyChanges(trx: Knex, changes: readonly Said[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = await rowsOf(trx, changes);
  const changed = new Map<string, OperatorRow>();
  const late = new Map<string, Who>();
  for (const change of [...changes].sort(byChange)) {
    const key = keyOf(change);
    const before = changed.get(key) ?? rows.get(key);
    if (before && byChange({ ...change, at: fromDb(before.since), id: before.last_event }, change) > 0)
      late.set(key, change);
    else changed.set(key, next(before, change));
  }
  for (const [key, row] of await summaries(trx, [...late.values()])) {
    // Of a row older than the changes that are kept, not all is known: a late change leaves it as it is.
    const old = rows.get(key);
    if (old && !row.seen.has(old.last_event)) continue;
    changed.set(key, row.row);
  }
  await upsertAll(
    trx,
    'rt_operators',
    ['pbx', 'operator'],
    [...changed.values()].map((row) => ({ ...row })),
  );
}

/** Makes the rows of some operators anew from their changes. */
export async function rebuildOperators(trx: Knex, operators: readonly Who[]): Promise<void> {
  const rows = [...(await summaries(trx, operators)).values()].map(({ row }) => ({ ...row }));
  await upsertAll(trx, 'rt_operators', ['pbx', 'operator'], rows);
}

async function rowsOf(trx: Knex, operators: readonly Who[]): Promise<Map<string, OperatorRow>> {
  const names = [
    ...new Map(operators.map(({ pbx, operator }) => [keyOf({ pbx, operator }), { pbx, operator }])).values(),
  ];
  const rows = await inParts(names, async (part) => {
    const theirs = anyOf(part, 'pbx = ? AND operator = ?', ({ pbx, operator }) => [pbx, operator]);
    return (await trx('rt_operators').whereRaw(theirs.sql, theirs.values)) as OperatorRow[];
  });
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** What all changes of these operators amount to, and which they were. */
async function summaries(
  trx: Knex,
  operators: readonly Who[],
): Promise<Map<string, { row: OperatorRow; seen: Set<string> }>> {
  const found = new Map<string, { row: OperatorRow; seen: Set<string> }>();
  if (operators.length === 0) return found;
  for (const change of (await changesOfShift(trx, operators)).sort(byChange)) {
    const key = keyOf(change);
    const before = found.get(key);
    found.set(key, { row: next(before?.row, change), seen: (before?.seen ?? new Set()).add(change.id) });
  }
  return found;
}

function next(before: OperatorRow | undefined, change: Said): OperatorRow {
  const presence = presenceAfter(before ? presenceOf(before) : OFF_DUTY, change);
  const { onDuty, paused, wrapup } = presence;
  const at = toDb(change.at);
  const login = change.event === 'login' ? { queues: change.queues, queues_since: at } : null;
  return {
    pbx: change.pbx,
    operator: change.operator,
    presence: !onDuty ? 'offline' : paused === null ? 'ready' : 'paused',
    since: at,
    reason: paused ?? '',
    queues: before?.queues ?? '',
    queues_since: before?.queues_since ?? null,
    ...login,
    last_event: change.id,
    wrapup_until: toDb(wrapup?.until ?? null),
    wrapup_since: wrapup ? (before?.wrapup_since ?? at) : null,
    wrapup_queue: wrapup?.queue ?? '',
  };
}

const presenceOf = (row: OperatorRow): Presence => ({
  onDuty: row.presence !== 'offline',
  paused: row.presence === 'paused' ? row.reason : null,
  wrapup: row.wrapup_until === null ? null : { queue: row.wrapup_queue, until: fromDb(row.wrapup_until) },
});

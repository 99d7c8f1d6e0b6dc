// An operator's own words, one row each: what the operator's day is counted from.
import type { Knex } from 'knex';
import type { CallEvent, EventOf, OPERATOR_EVENTS } from '../call/event.js';
import type { PresenceChange } from '../call/timeline.js';
import type { Db } from './database.js';
import { askAll, sendAll, upsertAll, upserts } from './insert.js';
import { fromDb, toDb } from './time.js';

export type OperatorEvent = EventOf<(typeof OPERATOR_EVENTS)[number]>;
export const isOperatorEvent = (event: CallEvent): event is OperatorEvent => 'operator' in event;

/** An operator of a PBX: two PBXs may have operators of one name. */
export interface Who {
  pbx: string;
  operator: string;
}
export const keyOf = ({ pbx, operator }: Who): string => `${pbx}/${operator}`;

/** A change with the operator it is about, and the queues that a login named. */
export interface Said extends PresenceChange, Who {
  queues: string;
}

interface ChangeRow {
  event_id: string;
  pbx: string;
  operator: string;
  at: string;
  event: PresenceChange['event'];
  reason: string;
  until_at: string | null;
  queue: string;
  queues: string;
}

export function saidBy(event: OperatorEvent): Said {
  const { pbx, operator, at, id } = event;
  const common = { pbx, operator, at, id, event: event.event, reason: '', until: null, queue: '', queues: '' };
  switch (event.event) {
    case 'login':
      return { ...common, queues: event.queues };
    case 'wrapup':
      return { ...common, until: event.until, queue: event.queue };
    case 'wrapped':
      return { ...common, reason: event.how === 'lost' ? 'lost' : '' };
    case 'logout':
    case 'pause':
      return { ...common, reason: event.reason };
    default:
      return common;
  }
}

/** Keeps changes; one that is there already is written again. */
export async function saveChanges(trx: Knex, changes: readonly Said[]): Promise<void> {
  const rows = changes.map(({ id, pbx, operator, at, event, reason, until, queue, queues }) => ({
    ...{ event_id: id, pbx, operator, at: toDb(at), event, reason },
    ...{ until_at: toDb(until), queue, queues },
  }));
  await upsertAll(trx, 'presence_changes', 'event_id', rows);
}

const fromRow = (row: ChangeRow): Said => ({
  ...{ pbx: row.pbx, operator: row.operator, id: row.event_id, at: fromDb(row.at), event: row.event },
  ...{ reason: row.reason, until: fromDb(row.until_at), queue: row.queue, queues: row.queues },
});

/** Operators in one question: each is a condition of its own. */
const AT_ONCE = 100;

/** Asks for some operators at a time; questions only (askAll). */
export const inParts = <T extends Who, R>(all: readonly T[], ask: (part: readonly T[]) => Promise<R[]>): Promise<R[]> =>
  askAll(parts(all), ask);

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += AT_ONCE) yield all.slice(i, i + AT_ONCE);
}

/** One condition for all of a part: that one of them holds. */
export function anyOf<T>(
  part: readonly T[],
  condition: string,
  values: (one: T) => string[],
): { sql: string; values: string[] } {
  return { sql: `(${part.map(() => `(${condition})`).join(' OR ')})`, values: part.flatMap(values) };
}

/** All changes of some operators from a time on (ms), each operator's own. */
export function changesSince(trx: Knex, from: readonly (Who & { at: number })[]): Promise<Said[]> {
  return inParts(from, async (part) => {
    const since = anyOf(part, 'pbx = ? AND operator = ? AND at >= ?', ({ pbx, operator, at }) => [
      pbx,
      operator,
      toDb(at),
    ]);
    const rows = (await trx('presence_changes').whereRaw(since.sql, since.values)) as ChangeRow[];
    return rows.map(fromRow);
  });
}

/** The changes of some operators since their last login, all where there is none: whatever was said before counts no more. */
export function changesOfShift(trx: Knex, operators: readonly Who[]): Promise<Said[]> {
  return inParts(operators, async (part) => {
    const theirs = anyOf(part, 'pbx = ? AND operator = ?', ({ pbx, operator }) => [pbx, operator]);
    const logins = trx('presence_changes').select('pbx', 'operator').max({ at: 'at' }).where({ event: 'login' });
    const last = (await logins.whereRaw(theirs.sql, theirs.values).groupBy('pbx', 'operator')) as (Who & {
      at: string;
    })[];
    const login = new Map(last.map((row) => [keyOf(row), fromDb(row.at)]));
    return changesSince(
      trx,
      part.map(({ pbx, operator }) => ({ pbx, operator, at: login.get(keyOf({ pbx, operator })) ?? 0 })),
    );
  });
}

/** All operators of whom anything was ever said or told. */
export async function everybody(db: Pick<Db, 'knex'>): Promise<Who[]> {
  const known = new Map<string, Who>();
  for (const table of ['presence_changes', 'operator_intervals', 'rt_legs', 'cdr_legs']) {
    const rows = (await db.knex(table).distinct('pbx', 'operator').whereNot({ operator: '' })) as Who[];
    for (const row of rows) known.set(keyOf(row), row);
  }
  return [...known.values()];
}

/**
 * Holds operators until the end of the transaction: two servers that write about one come one after the other, also when
 * neither finds a row yet; on two nodes of a cluster, that the one who is second begins again (see saveLinks).
 */
export async function lockOperators(trx: Knex, db: Db, operators: readonly Who[]): Promise<void> {
  if (db.dialect === 'sqlite') return;
  const rows = new Map(operators.map(({ pbx, operator }) => [keyOf({ pbx, operator }), { pbx, operator }]));
  // In one order everywhere.
  const sorted = [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await sendAll(upserts(trx, 'operator_locks', ['pbx', 'operator'], sorted, 'turn'));
}

/** The row and the day of some operators as one text each: for comparing a rebuild with what stands. */
export async function rowsOfOperators(trx: Knex, operators: readonly Who[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const [table, order] of [
    ['rt_operators', 'since'],
    ['operator_intervals', 'started_at'],
  ] as const) {
    await inParts(operators, async (part) => {
      const theirs = anyOf(part, 'pbx = ? AND operator = ?', ({ pbx, operator }) => [pbx, operator]);
      const rows = (await trx(table).whereRaw(theirs.sql, theirs.values).orderBy(order)) as Who[];
      for (const row of rows) texts.set(keyOf(row), `${texts.get(keyOf(row)) ?? ''}${JSON.stringify(row)}\n`);
      return [];
    });
  }
  return texts;
}

// One finished call back from its rows, as the fold gave it.
import type { Knex } from 'knex';
import type { Call, Leg, Offer, Step, Talk, Visit } from '../call/call.js';
import type { Db } from './database.js';
import { joinedWith, storyOf } from './joins.js';
import { fromDb } from './time.js';

type Row = Record<string, string | number | null>;

const text = (row: Row, column: string): string => String(row[column] ?? '');
const at = (row: Row, column: string): number => fromDb(text(row, column));
const maybeAt = (row: Row, column: string): number | null => (row[column] == null ? null : at(row, column));
const maybe = (row: Row, column: string): number | null => (row[column] == null ? null : Number(row[column]));

/**
 * Reads a finished call with its legs, visits, offers, talks and steps; null when there is none (it may still run). The id of
 * a call that became part of another's story gives that story: `id` is the story's, and the asked one is in `joined`.
 */
export async function readCall(db: Db, asked: string): Promise<Call | null> {
  const id = await storyOf(db, asked);
  const row = (await db.knex('cdr_calls').where({ call_id: id }).first()) as Row | undefined;
  if (!row) return null;
  const of = async (table: string) => (await db.knex(table).where({ call_id: id }).orderBy('n')) as Row[];
  return {
    ...headOf(id, row),
    joined: await joinedWith(db, id),
    legs: (await of('cdr_legs')).map(toLeg),
    visits: (await of('cdr_visits')).map(toVisit),
    offers: (await of('cdr_offers')).map(toOffer),
    talks: (await of('cdr_talks')).map(toTalk),
    steps: (await of('cdr_steps')).map(toStep),
  };
}

/** Reads many finished calls in a handful of queries, without what was joined with them; those that are not there are left out. */
export async function readCalls(trx: Knex, ids: readonly string[]): Promise<Map<string, Call>> {
  const rows = (await trx('cdr_calls').whereIn('call_id', ids)) as Row[];
  const calls = new Map(rows.map((row) => [text(row, 'call_id'), headOf(text(row, 'call_id'), row)]));
  const each = async (table: string, add: (call: Call, row: Row) => void): Promise<void> => {
    for (const row of (await trx(table)
      .whereIn('call_id', [...calls.keys()])
      .orderBy(['call_id', 'n'])) as Row[]) {
      const call = calls.get(text(row, 'call_id'));
      if (call) add(call, row);
    }
  };
  await each('cdr_legs', (call, row) => call.legs.push(toLeg(row)));
  await each('cdr_visits', (call, row) => call.visits.push(toVisit(row)));
  await each('cdr_offers', (call, row) => call.offers.push(toOffer(row)));
  await each('cdr_talks', (call, row) => call.talks.push(toTalk(row)));
  await each('cdr_steps', (call, row) => call.steps.push(toStep(row)));
  return calls;
}

/** A call without what hangs on it. */
const headOf = (id: string, row: Row): Call => ({
  id,
  pbx: text(row, 'pbx'),
  direction: text(row, 'direction') as Call['direction'],
  from: text(row, 'caller_number'),
  name: text(row, 'caller_name'),
  to: text(row, 'dialled'),
  trunk: text(row, 'trunk'),
  endpoint: text(row, 'operator'),
  click: text(row, 'click_id'),
  parent: text(row, 'parent_call_id'),
  joined: [],
  linkedid: text(row, 'linkedid'),
  startedAt: at(row, 'started_at'),
  answeredAt: maybeAt(row, 'answered_at'),
  endedAt: at(row, 'ended_at'),
  outcome: text(row, 'outcome') as Call['outcome'],
  endedBy: text(row, 'ended_by') as Call['endedBy'],
  odd: text(row, 'odd') === '' ? [] : text(row, 'odd').split('; '),
  events: Number(row['events']),
  legs: [],
  plumbing: [],
  visits: [],
  offers: [],
  talks: [],
  steps: [],
});

const toLeg = (row: Row): Leg => ({
  uniqueid: text(row, 'uniqueid'),
  channel: text(row, 'channel'),
  role: text(row, 'role') as Leg['role'],
  // Rows older than the column have the operator alone.
  endpoint: text(row, 'endpoint') || text(row, 'operator'),
  queue: text(row, 'queue'),
  dialled: text(row, 'dialled'),
  startedAt: at(row, 'started_at'),
  answeredAt: maybeAt(row, 'answered_at'),
  endedAt: maybeAt(row, 'ended_at'),
  cause: maybe(row, 'cause'),
  tech: text(row, 'tech'),
  outcome: text(row, 'outcome') as Leg['outcome'],
  waiting: Number(row['waiting']) !== 0,
  source: text(row, 'source') as Leg['source'],
});

const toVisit = (row: Row): Visit => ({
  queue: text(row, 'queue'),
  enteredAt: at(row, 'entered_at'),
  priority: maybe(row, 'priority'),
  position: maybe(row, 'position'),
  answeredAt: maybeAt(row, 'answered_at'),
  operator: text(row, 'operator'),
  leftAt: maybeAt(row, 'left_at'),
  outcome: text(row, 'outcome') as Visit['outcome'],
  wait: maybe(row, 'wait_ms'),
});

const toOffer = (row: Row): Offer => ({
  visit: Number(row['visit']),
  queue: text(row, 'queue'),
  operator: text(row, 'operator'),
  uniqueid: text(row, 'uniqueid'),
  offeredAt: at(row, 'offered_at'),
  endedAt: maybeAt(row, 'ended_at'),
  ring: maybe(row, 'ring_ms'),
  outcome: text(row, 'outcome') as Offer['outcome'],
});

const toTalk = (row: Row): Talk => ({
  operator: text(row, 'operator'),
  party: text(row, 'party'),
  queue: text(row, 'queue'),
  uniqueid: text(row, 'uniqueid'),
  startedAt: at(row, 'started_at'),
  endedAt: maybeAt(row, 'ended_at'),
  hold: Number(row['hold_ms']),
  endedBy: text(row, 'ended_by') as Talk['endedBy'],
});

const toStep = (row: Row): Step => ({
  step: text(row, 'step') as Step['step'],
  operator: text(row, 'operator'),
  uniqueid: text(row, 'uniqueid'),
  startedAt: at(row, 'started_at'),
  endedAt: maybeAt(row, 'ended_at'),
  what: text(row, 'what'),
  outcome: text(row, 'outcome'),
  detail: text(row, 'detail'),
  length: maybe(row, 'length_ms'),
  source: text(row, 'source') as Step['source'],
});

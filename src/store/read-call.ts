// One finished call back from its rows, as the fold gave it.
import type { Call, Leg, Offer, Talk, Visit } from '../call/call.js';
import type { Db } from './database.js';
import { fromDb } from './time.js';

type Row = Record<string, string | number | null>;

const text = (row: Row, column: string): string => String(row[column] ?? '');
const at = (row: Row, column: string): number => fromDb(text(row, column));
const maybeAt = (row: Row, column: string): number | null => (row[column] == null ? null : at(row, column));
const maybe = (row: Row, column: string): number | null => (row[column] == null ? null : Number(row[column]));

/** Reads a finished call with its legs, visits, offers and talks; null when there is none (it may still run). */
export async function readCall(db: Db, id: string): Promise<Call | null> {
  const row = (await db.knex('cdr_calls').where({ call_id: id }).first()) as Row | undefined;
  if (!row) return null;
  const of = async (table: string) => (await db.knex(table).where({ call_id: id }).orderBy('n')) as Row[];
  return {
    id,
    pbx: text(row, 'pbx'),
    direction: text(row, 'direction') as Call['direction'],
    from: text(row, 'caller_number'),
    name: text(row, 'caller_name'),
    to: text(row, 'dialled'),
    trunk: text(row, 'trunk'),
    endpoint: text(row, 'operator'),
    click: text(row, 'click_id'),
    parent: '',
    joined: [],
    linkedid: text(row, 'linkedid'),
    startedAt: at(row, 'started_at'),
    answeredAt: maybeAt(row, 'answered_at'),
    endedAt: at(row, 'ended_at'),
    outcome: text(row, 'outcome') as Call['outcome'],
    endedBy: text(row, 'ended_by') as Call['endedBy'],
    odd: text(row, 'odd') === '' ? [] : text(row, 'odd').split('; '),
    events: Number(row['events']),
    legs: (await of('cdr_legs')).map(toLeg),
    plumbing: [],
    visits: (await of('cdr_visits')).map(toVisit),
    offers: (await of('cdr_offers')).map(toOffer),
    talks: (await of('cdr_talks')).map(toTalk),
    steps: [],
  };
}

const toLeg = (row: Row): Leg => ({
  uniqueid: text(row, 'uniqueid'),
  channel: text(row, 'channel'),
  role: text(row, 'role') as Leg['role'],
  endpoint: text(row, 'operator'),
  queue: text(row, 'queue'),
  startedAt: at(row, 'started_at'),
  answeredAt: maybeAt(row, 'answered_at'),
  endedAt: maybeAt(row, 'ended_at'),
  cause: maybe(row, 'cause'),
  tech: text(row, 'tech'),
  outcome: text(row, 'outcome') as Leg['outcome'],
  waiting: false,
  source: 'hook',
});

const toVisit = (row: Row): Visit => ({
  queue: text(row, 'queue'),
  enteredAt: at(row, 'entered_at'),
  priority: maybe(row, 'priority'),
  position: null,
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
  hold: 0,
  endedBy: text(row, 'ended_by') as Talk['endedBy'],
});

// The rows of what exists now, as the snapshot needs them.
import type { CallNow } from '../call/live.js';
import { type Client, findClients } from './clients.js';
import type { Db } from './database.js';
import type { Named } from './named.js';
import { listQueueSettings, type QueueSettings } from './queues.js';
import type { Today } from './today.js';

export interface CallRow {
  call_id: string;
  direction: 'in' | 'out' | 'internal';
  caller_number: string;
  caller_name: string;
  dialled: string;
  operator: string;
  state: CallNow['state'];
  state_since: string | null;
  queue: string;
  channel: string;
  started_at: string;
  odd: string;
}

export interface LegRow {
  call_id: string;
  channel: string;
  role: string;
  operator: string;
  queue: string;
  /** Of a trunk's leg: the number outside. */
  dialled: string;
  started_at: string;
  answered_at: string | null;
  ended_at: string | null;
  outcome: string;
  source: 'hook' | 'ami';
}

export interface VisitRow {
  call_id: string;
  queue: string;
  entered_at: string;
  priority: number | null;
  operator: string;
  outcome: string;
  wait_ms: number | null;
}

export interface PresenceRow {
  operator: string;
  presence: 'offline' | 'ready' | 'paused';
  since: string;
  reason: string;
  queues: string;
  /** Since when the operator is ready, by the day's intervals; null when they say otherwise. */
  idle_since: string | null;
  wrapup_until: string | null;
  wrapup_since: string | null;
  wrapup_queue: string;
}

export interface Live {
  calls: CallRow[];
  legs: Map<string, LegRow[]>;
  /** Visits that wait. */
  visits: VisitRow[];
  /** Answered visits of the calls that run, by call. */
  answered: ReadonlyMap<string, VisitRow[]>;
  /** Whom an operator talks with now, by `pairOf` call and operator. */
  talks: ReadonlyMap<string, string>;
  /** Names of the users by their phone. */
  names: ReadonlyMap<string, string>;
  /** How many other calls became one with a call, by its id. */
  joined: Map<string, number>;
  presence: PresenceRow[];
  settings: Map<string, QueueSettings>;
  clients: Map<string, Client>;
  /** What FreePBX calls them; empty without FreePBX. */
  named: Named;
  today: Today;
}

/** Reads them in a handful of queries, all small: rt_* hold only what exists now. */
export async function readLive(db: Db, today: Today, named: Named): Promise<Live> {
  const k = db.knex;
  const calls = (await k('rt_calls').orderBy('started_at')) as CallRow[];
  const legs = byCall((await k('rt_legs').whereNot({ role: 'local' }).orderBy(['call_id', 'n'])) as LegRow[]);
  const visits = (await k('rt_visits')
    .whereIn('outcome', ['in_progress', 'answered'])
    .orderBy('entered_at')) as VisitRow[];
  const talks = (await k('rt_talks')
    .whereNull('ended_at')
    .orderBy('started_at')
    .select('call_id', 'operator', 'party')) as { call_id: string; operator: string; party: string }[];
  const users = (await k('users').whereNot({ operator: '' }).where({ disabled: 0 }).select('operator', 'name')) as {
    operator: string;
    name: string;
  }[];
  return {
    calls,
    legs,
    visits: visits.filter((visit) => visit.outcome === 'in_progress'),
    answered: byCall(visits.filter((visit) => visit.outcome === 'answered')),
    talks: new Map(talks.map((talk) => [pairOf(talk.call_id, talk.operator), talk.party])),
    names: new Map(users.map((user) => [user.operator, user.name])),
    joined: await countJoined(db, calls),
    presence: await readPresence(db),
    settings: await listQueueSettings(db),
    clients: await findClients(db, [
      ...calls.flatMap((c) => [c.caller_number, c.dialled]),
      ...talks.map((talk) => talk.party),
    ]),
    named,
    today,
  };
}

export const pairOf = (call: string, operator: string): string => `${operator} ${call}`;

function byCall<Row extends { call_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const all = new Map<string, Row[]>();
  for (const row of rows) {
    const list = all.get(row.call_id);
    if (list) list.push(row);
    else all.set(row.call_id, [row]);
  }
  return all;
}

async function countJoined({ knex }: Db, calls: readonly CallRow[]): Promise<Map<string, number>> {
  if (calls.length === 0) return new Map();
  const rows = (await knex('call_joins as j')
    .join('rt_calls as c', 'c.call_id', 'j.story_id')
    .whereNotNull('j.n')
    .groupBy('j.story_id')
    .select('j.story_id')
    .count({ n: '*' })) as { story_id: string; n: number }[];
  return new Map(rows.map((row) => [row.story_id, Number(row.n)]));
}

async function readPresence({ knex }: Db): Promise<PresenceRow[]> {
  return (await knex('rt_operators as o')
    .leftJoin('operator_intervals as i', (join) =>
      join.on('i.pbx', 'o.pbx').andOn('i.operator', 'o.operator').andOnNull('i.ended_at'),
    )
    .select('o.*')
    .select({ idle_since: knex.raw("CASE WHEN i.state = 'ready' THEN i.started_at END") })) as PresenceRow[];
}

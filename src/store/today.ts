// Counts of the day so far, by queue and by operator: finished calls from cdr_*, running ones from rt_*.
import { NO_VISITS, QUEUE_DEFAULTS, type VisitCounts } from '../call/kpi.js';
import type { Db } from './database.js';
import { toDb } from './time.js';

export interface OperatorDay {
  offered: number;
  answered: number;
  /** rang_out, rejected and unreachable: what the operator missed. */
  missed: number;
}

export interface Today {
  queues: Map<string, VisitCounts>;
  operators: Map<string, OperatorDay>;
  /** Talks for queues, and the ms they took with hold and wrap-up. */
  talks: { n: number; ms: number };
}

/** Visits counted by their arrival since `since`, with each queue's own thresholds. */
const VISITS = (table: string) => `
  SELECT v.queue AS queue,
    SUM(CASE WHEN v.outcome NOT IN ('join_empty', 'full', 'closed', 'in_progress') THEN 1 ELSE 0 END) AS offered,
    SUM(CASE WHEN v.outcome = 'answered' THEN 1 ELSE 0 END) AS answered,
    SUM(CASE WHEN v.outcome = 'answered' AND v.wait_ms <= 1000 * COALESCE(s.answer_within_s, ?) THEN 1 ELSE 0 END) AS answered_within,
    SUM(CASE WHEN v.outcome = 'abandoned' THEN 1 ELSE 0 END) AS abandoned,
    SUM(CASE WHEN v.outcome = 'abandoned' AND v.wait_ms <= 1000 * COALESCE(s.short_abandon_s, ?) THEN 1 ELSE 0 END) AS short_abandoned,
    SUM(CASE WHEN v.outcome = 'timeout' THEN 1 ELSE 0 END) AS timeout,
    SUM(CASE WHEN v.outcome = 'exit_empty' THEN 1 ELSE 0 END) AS exit_empty,
    SUM(CASE WHEN v.outcome = 'answered' THEN v.wait_ms ELSE 0 END) AS answered_wait
  FROM ${table} v LEFT JOIN queue_settings s ON s.queue = v.queue
  WHERE v.entered_at >= ? GROUP BY v.queue`;

type Counted = Record<
  | 'offered'
  | 'answered'
  | 'answered_within'
  | 'abandoned'
  | 'short_abandoned'
  | 'timeout'
  | 'exit_empty'
  | 'answered_wait',
  number
> & {
  queue: string;
};

/** Reads the day's counts. `since` is local midnight, ms. */
export async function readToday(db: Db, since: number): Promise<Today> {
  const queues = new Map<string, VisitCounts>();
  for (const table of ['cdr_visits', 'rt_visits']) {
    for (const row of await rows<Counted>(db, VISITS(table), [
      QUEUE_DEFAULTS.answerWithin,
      QUEUE_DEFAULTS.shortAbandon,
      toDb(since),
    ])) {
      const sum = queues.get(row.queue) ?? { ...NO_VISITS };
      sum.offered += Number(row.offered);
      sum.answered += Number(row.answered);
      sum.answeredWithin += Number(row.answered_within);
      sum.abandoned += Number(row.abandoned);
      sum.shortAbandoned += Number(row.short_abandoned);
      sum.timeout += Number(row.timeout);
      sum.exitEmpty += Number(row.exit_empty);
      sum.answeredWait += Number(row.answered_wait);
      queues.set(row.queue, sum);
    }
  }
  return { queues, operators: await offersOf(db, since), talks: await talksOf(db, since) };
}

async function offersOf(db: Db, since: number): Promise<Map<string, OperatorDay>> {
  const operators = new Map<string, OperatorDay>();
  for (const table of ['cdr_offers', 'rt_offers']) {
    const sql = `SELECT operator, outcome, COUNT(*) AS n FROM ${table} WHERE offered_at >= ? GROUP BY operator, outcome`;
    for (const row of await rows<{ operator: string; outcome: string; n: number }>(db, sql, [toDb(since)])) {
      const day = operators.get(row.operator) ?? { offered: 0, answered: 0, missed: 0 };
      const n = Number(row.n);
      day.offered += n;
      if (row.outcome === 'answered') day.answered += n;
      if (['rang_out', 'rejected', 'unreachable'].includes(row.outcome)) day.missed += n;
      operators.set(row.operator, day);
    }
  }
  return operators;
}

/**
 * Operators' legs that talked for queues, and the time they took: a leg may talk with two, who was asked first and whom that one
 * then handed over. With talk, hold and the wrap-ups after them that are over.
 */
async function talksOf(db: Db, since: number): Promise<{ n: number; ms: number }> {
  const talked =
    "SELECT COUNT(DISTINCT uniqueid) AS n, COALESCE(SUM(talk_ms + hold_ms), 0) AS ms FROM cdr_talks WHERE started_at >= ? AND queue <> ''";
  const length =
    db.dialect === 'mysql'
      ? 'TIMESTAMPDIFF(MICROSECOND, started_at, ended_at) / 1000'
      : 'ROUND((julianday(ended_at) - julianday(started_at)) * 86400000)';
  const wrapped = `SELECT COALESCE(SUM(${length}), 0) AS ms FROM operator_intervals
    WHERE started_at >= ? AND state = 'wrap_up' AND ended_at IS NOT NULL`;
  const [talk] = await rows<{ n: number; ms: number }>(db, talked, [toDb(since)]);
  const [wrap] = await rows<{ ms: number }>(db, wrapped, [toDb(since)]);
  return { n: Number(talk?.n ?? 0), ms: Number(talk?.ms ?? 0) + Number(wrap?.ms ?? 0) };
}

async function rows<T>(db: Db, sql: string, values: (string | number)[]): Promise<T[]> {
  const result: unknown = await db.knex.raw(sql, values);
  // mysql2 gives [rows, fields], SQLite the rows.
  return (db.dialect === 'mysql' ? (result as [T[]])[0] : result) as T[];
}

// Begun minutes of outside calls, by the number dialled: finished calls and those that run.
import type { Db } from './database.js';
import { toDb } from './time.js';

/** Minutes of calls that started since `since` and were answered; both are ms. One row for each number dialled. */
export async function outsideMinutes(
  db: Db,
  since: number,
  now: number,
): Promise<{ dialled: string; minutes: number }[]> {
  const sum = new Map<string, number>();
  for (const [table, end] of [
    ['cdr_calls', 'ended_at'],
    ['rt_calls', '?'],
  ] as const) {
    const length =
      db.dialect === 'mysql'
        ? `GREATEST(0, TIMESTAMPDIFF(MICROSECOND, answered_at, ${end})) DIV 1000`
        : `MAX(0, CAST(ROUND((julianday(${end}) - julianday(answered_at)) * 86400000) AS INTEGER))`;
    const minutes = db.dialect === 'mysql' ? `((${length}) + 59999) DIV 60000` : `((${length}) + 59999) / 60000`;
    const sql = `SELECT dialled, SUM(${minutes}) AS minutes FROM ${table}
      WHERE direction = 'out' AND answered_at IS NOT NULL AND started_at >= ? GROUP BY dialled`;
    const values = end === '?' ? [toDb(now), toDb(since)] : [toDb(since)];
    const result: unknown = await db.knex.raw(sql, values);
    // mysql2 gives [rows, fields], SQLite the rows.
    const rows = (db.dialect === 'mysql' ? (result as [unknown])[0] : result) as { dialled: string; minutes: number }[];
    for (const row of rows) sum.set(row.dialled, (sum.get(row.dialled) ?? 0) + Number(row.minutes));
  }
  return [...sum].map(([dialled, minutes]) => ({ dialled, minutes }));
}

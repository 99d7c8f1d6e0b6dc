// Begun minutes outside, by the number dialled: legs to a trunk, of finished calls and of those that run.
import type { Db } from './database.js';
import { toDb } from './time.js';

/**
 * Minutes of the legs to a trunk that began since `since` and were answered; both are ms. One row for each number dialled.
 * Legs and not calls: a caller from outside who is forwarded or transferred outside costs like one who dials there.
 */
export async function outsideMinutes(
  db: Db,
  since: number,
  now: number,
): Promise<{ dialled: string; minutes: number }[]> {
  const sum = new Map<string, number>();
  for (const table of ['cdr_legs', 'rt_legs'] as const) {
    // A leg of a call that runs may be over already.
    const length =
      db.dialect === 'mysql'
        ? 'GREATEST(0, TIMESTAMPDIFF(MICROSECOND, answered_at, COALESCE(ended_at, ?))) DIV 1000'
        : 'MAX(0, CAST(ROUND((julianday(COALESCE(ended_at, ?)) - julianday(answered_at)) * 86400000) AS INTEGER))';
    const minutes = db.dialect === 'mysql' ? `((${length}) + 59999) DIV 60000` : `((${length}) + 59999) / 60000`;
    const sql = `SELECT dialled, SUM(${minutes}) AS minutes FROM ${table}
      WHERE role = 'trunk' AND dialled <> '' AND answered_at IS NOT NULL AND started_at >= ? GROUP BY dialled`;
    const result: unknown = await db.knex.raw(sql, [toDb(now), toDb(since)]);
    // mysql2 gives [rows, fields], SQLite the rows.
    const rows = (db.dialect === 'mysql' ? (result as [unknown])[0] : result) as { dialled: string; minutes: number }[];
    for (const row of rows) sum.set(row.dialled, (sum.get(row.dialled) ?? 0) + Number(row.minutes));
  }
  return [...sum].map(([dialled, minutes]) => ({ dialled, minutes }));
}

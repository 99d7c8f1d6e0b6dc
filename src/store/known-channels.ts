// What the comparison with the PBX asks the tables: which channels they ever heard of, and how they hold the operators.
import type { Db } from './database.js';
import { fromDb } from './time.js';

/** Uniqueids in one question. */
const AT_ONCE = 500;

/** Which of some channels of a PBX are in the tables: of calls that run, ended legs and plumbing included, and of finished ones. */
export async function knownChannels(db: Db, pbx: string, uniqueids: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (let i = 0; i < uniqueids.length; i += AT_ONCE) {
    const some = uniqueids.slice(i, i + AT_ONCE);
    for (const table of ['rt_legs', 'cdr_legs']) {
      const found = (await db.knex(table).whereIn('uniqueid', some).where({ pbx }).pluck('uniqueid')) as string[];
      for (const uniqueid of found) known.add(uniqueid);
    }
  }
  return known;
}

/** Uniqueids of the channels of a PBX that are parked, by the calls that run. */
export async function parkedChannels(db: Db, pbx: string): Promise<Set<string>> {
  const parked = db.knex('rt_steps').where({ pbx, step: 'park' }).whereNull('ended_at');
  return new Set((await parked.pluck('uniqueid')) as string[]);
}

export interface OperatorHeld {
  operator: string;
  presence: 'offline' | 'ready' | 'paused' | 'wrap_up';
  /** ms. */
  since: number;
  reason: string;
  /** ms; null outside a wrap-up. */
  wrapupUntil: number | null;
}

interface Row {
  operator: string;
  presence: OperatorHeld['presence'];
  since: string;
  reason: string;
  wrapup_until: string | null;
  wrapup_since: string | null;
}

/** The operators of a PBX as their own words left them. */
export async function operatorsHeld(db: Db, pbx: string): Promise<OperatorHeld[]> {
  const rows = (await db.knex('rt_operators').where({ pbx })) as Row[];
  return rows.map((row) => {
    const wrapupUntil = row.presence === 'offline' ? null : fromDb(row.wrapup_until ?? null);
    return {
      operator: row.operator,
      presence: wrapupUntil === null ? row.presence : 'wrap_up',
      since: fromDb((wrapupUntil === null ? null : row.wrapup_since) ?? row.since),
      reason: row.reason,
      wrapupUntil,
    };
  });
}

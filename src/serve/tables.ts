// The tables are made when the server starts, and again tried for as long as the database is away.

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Db, openDatabase } from '../store/database.js';
import { migrate } from '../store/migrate.js';

/** The folder of a part that lies beside the code: in a checkout two steps up, in a build three. */
export function beside(name: string): string {
  const near = fileURLToPath(new URL(`../../${name}`, import.meta.url));
  return existsSync(near) ? near : fileURLToPath(new URL(`../../../${name}`, import.meta.url));
}

export const MIGRATIONS = beside('sql/migrations');

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const AGAIN_MS = 3000;

/** A migration may take longer than a page may wait, ms. */
const LONG_MS = 10 * 60_000;

/** Resolves when the tables are up to date; true, or false when `signal` ended the waiting. */
export async function tablesReady(url: string, signal: AbortSignal, log: Log): Promise<boolean> {
  const db = openDatabase(url, { queryTimeoutMs: LONG_MS });
  try {
    return await untilMigrated(db, signal, log);
  } finally {
    await db.close();
  }
}

async function untilMigrated(db: Db, signal: AbortSignal, log: Log): Promise<boolean> {
  let told = '';
  while (!signal.aborted) {
    try {
      const ran = await migrate(db, MIGRATIONS);
      if (ran.length > 0) log.info({ migrations: ran }, 'the tables were brought up to date');
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== told)
        log.warn(
          { where: db.where, reason },
          'the tables can not be brought up to date; events wait in the journal. It is tried again',
        );
      told = reason;
    }
    await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

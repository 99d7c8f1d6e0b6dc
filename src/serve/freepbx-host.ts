// The FreePBX of this host, for the doctor: its console, its files, and its tables of calls as far as we may see them.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FreepbxHost, StockTable } from '../cli/doctor/freepbx/host.js';
import type { Config } from '../config/options.js';
import { STOCK_DATABASE, stockGrants } from '../freepbx/read/grants.js';
import { openDatabase } from '../store/database.js';
import { describeTable } from '../store/foreign.js';

const run = promisify(execFile);
const CONSOLE_MS = 10_000;
/** `dialplan show` of one context prints some kilobytes, of a busy site's queues more. */
const MOST_BYTES = 16 * 1024 * 1024;
const PATIENCE_MS = 5000;
const STOCK = ['cdr', 'cel'];

export interface HostPlaces {
  etc: string;
  /** Says that this host has a FreePBX. */
  mark: string;
  console(command: string): Promise<string>;
}

const HERE: HostPlaces = {
  etc: '/etc/asterisk',
  mark: '/etc/freepbx.conf',
  console: async (command) =>
    (await run('asterisk', ['-rx', command], { timeout: CONSOLE_MS, maxBuffer: MOST_BYTES })).stdout,
};

/** Null where there is no FreePBX. */
export function freepbxHostOf(config: Config, { etc, mark, console }: HostPlaces = HERE): FreepbxHost | null {
  if (!existsSync(mark)) return null;
  return {
    etc,
    console,
    read: (name) => readFile(join(etc, name), 'latin1').catch(() => ''),
    stockTables: () => stockTables(config),
  };
}

/** With the user that reads FreePBX's configuration: it sees a table as soon as it may read one column of it. */
async function stockTables(config: Config): Promise<StockTable[]> {
  if (config.freepbxDatabaseUrl === '') throw new Error('FreePBX is not read (DIALHOOK_FREEPBX_DATABASE_URL)');
  const url = new URL(config.freepbxDatabaseUrl);
  const { username } = url;
  url.pathname = `/${STOCK_DATABASE}`;
  const db = openDatabase(url.href, { queryTimeoutMs: PATIENCE_MS, connectTimeoutMs: PATIENCE_MS, poolMax: 1 });
  try {
    const seen = await Promise.all(STOCK.map((name) => describeTable(db, name)));
    return seen.flatMap((one) =>
      one === null
        ? []
        : [{ name: one.name, columns: new Set(one.columns.keys()), indexed: one.indexed, rows: one.rows }],
    );
  } catch (error) {
    const grant = stockGrants(`'${username}'@'localhost'`).join('; ');
    throw new Error(
      `its user may not see them (${(error as { code?: string }).code ?? 'no answer'}); these statements let it, those of missing columns fail: ${grant}`,
    );
  } finally {
    await db.close();
  }
}

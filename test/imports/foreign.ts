// A foreign asteriskcdrdb in a real MariaDB, as FreePBX makes it, and rows for it.
import mysql from 'mysql2/promise';
import { sharedMariaDb } from '../../scripts/lab/mariadb.js';
import { type CdrSource, tableSource } from '../../src/imports/cdr-source.js';
import { type CdrCounts, importCdr } from '../../src/imports/import-cdr.js';
import { type Db, openDatabase } from '../../src/store/database.js';

const TEXTS =
  'clid src dst dcontext channel dstchannel lastapp lastdata disposition accountcode uniqueid userfield did';
const MORE = 'recordingfile cnum cnam outbound_cnum outbound_cnam dst_cnam linkedid peeraccount';
const TABLE = `CREATE TABLE cdr (calldate DATETIME NOT NULL, ${`${TEXTS} ${MORE}`
  .split(' ')
  .map((name) => `${name} VARCHAR(255) NOT NULL DEFAULT ''`)
  .join(', ')}, duration INT NOT NULL DEFAULT 0, billsec INT NOT NULL DEFAULT 0, amaflags INT NOT NULL DEFAULT 3,
  sequence INT NOT NULL DEFAULT 0, KEY calldate (calldate)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;

export interface Foreign {
  url: string;
  db: Db;
  sql(text: string, values?: unknown[]): Promise<unknown>;
  add(...rows: Record<string, unknown>[]): Promise<void>;
  close(): Promise<void>;
}

/** An empty cdr in a database of its own. */
export async function foreignCdr(): Promise<Foreign> {
  const url = await (await sharedMariaDb()).createDatabase();
  const link = await mysql.createConnection({ uri: url });
  const db = openDatabase(url);
  await link.query("SET SESSION sql_mode = ''");
  await link.query(TABLE);
  return {
    ...{ url, db },
    sql: async (text, values = []) => (await link.query(text, values))[0],
    add: async (...rows) => {
      for (const row of rows) await link.query('INSERT INTO cdr SET ?', [row]);
    },
    close: async () => {
      await link.end();
      await db.close();
    },
  };
}

/** A row of the stock table; what is not said is a plain answered call from 101 to 102. */
export const cdrRow = (n: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ calldate: '2026-01-12 09:00:00', clid: '"Anna" <101>', src: '101', dst: '102', dcontext: 'from-internal' },
  ...{
    channel: `PJSIP/101-0000000${n}`,
    dstchannel: `PJSIP/102-0000001${n}`,
    lastapp: 'Dial',
    lastdata: 'PJSIP/102,20',
  },
  ...{
    duration: 12,
    billsec: 10,
    disposition: 'ANSWERED',
    uniqueid: `${1768208400 + n}.${n}`,
    linkedid: `${1768208400 + n}.${n}`,
  },
  ...more,
});

export const PLAIN = {
  ...{ pbx: 'pbx1', operators: /^\d{2,6}$/, timeZone: 'UTC', since: null, until: null, batch: 50, dryRun: false },
  progress: () => undefined,
  now: Date.now,
};

/** Imports the foreign table into a database. */
export async function bring(into: Db, foreign: Foreign, more: Partial<typeof PLAIN> = {}): Promise<CdrCounts> {
  const source: CdrSource = await tableSource(foreign.db, { table: 'cdr', cel: null, since: null, until: null });
  return importCdr(into, { ...PLAIN, ...more, source });
}

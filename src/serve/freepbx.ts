// The reading of FreePBX, put together: its database, our tables, and the AstDB through the manager interface.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Ami } from '../ami/index.js';
import type { FreepbxSeen } from '../cli/deps.js';
import type { FreepbxProbe } from '../cli/doctor/probes.js';
import { explain, Failure } from '../cli/failure.js';
import type { Config } from '../config/options.js';
import { dynamicMembers } from '../freepbx/read/dynamic.js';
import { itemsOf } from '../freepbx/read/items.js';
import { type FreepbxSource, type FreepbxWatch, startFreepbxWatch } from '../freepbx/read/watch.js';
import type { Log } from '../log/log.js';
import { type Db, openDatabase } from '../store/database.js';
import {
  failFreepbxReading,
  findFreepbxReading,
  listFreepbxNames,
  saveFreepbxNames,
  touchFreepbxReading,
} from '../store/freepbx-names.js';
import {
  FREEPBX_COLUMNS,
  type FreepbxTable,
  freepbxMark,
  freepbxRows,
  readableTables,
  writingRights,
} from '../store/freepbx-source.js';
import { listQueueSettings } from '../store/queues.js';
import { listUsers } from '../store/users.js';
import { beside } from './tables.js';

/** A FreePBX that does not answer must not hold the next look up, ms. */
const PATIENCE_MS = 5000;

/** FreePBX's database as a source; `close` ends its one connection. */
export function freepbxSource(
  url: string,
  ami: Pick<Ami, 'list'> | null = null,
): FreepbxSource & { close(): Promise<void> } {
  const db = openDatabase(url, { queryTimeoutMs: PATIENCE_MS, connectTimeoutMs: PATIENCE_MS, poolMax: 1 });
  return {
    mark: async () => {
      const tables = await readableTables(db);
      return `${tables.join(' ')} ${await freepbxMark(db, tables)}`;
    },
    rows: async () => freepbxRows(db, await readableTables(db)),
    ...(ami === null ? {} : { dynamic: () => dynamicMembers(ami) }),
    close: () => db.close(),
  };
}

/** Starts reading where it is configured; null where not. `tables` resolves when our own are there. */
export function startFreepbx(
  config: Config,
  db: Db,
  parts: { ami: Pick<Ami, 'list'> | null; tables: Promise<boolean>; log: Log },
): (FreepbxWatch & { close(): Promise<void> }) | null {
  if (config.freepbxDatabaseUrl === '' || !config.roles.includes('apply')) return null;
  const { pbx } = config;
  const source = freepbxSource(config.freepbxDatabaseUrl, parts.ami);
  const watch = startFreepbxWatch({
    source,
    store: {
      reading: () => parts.tables.then(() => findFreepbxReading(db, pbx)),
      save: (reading, now) => saveFreepbxNames(db, pbx, reading, now),
      touch: (now) => touchFreepbxReading(db, pbx, now),
      fail: (since, error) => failFreepbxReading(db, pbx, since, error),
    },
    everyMs: config.freepbxEverySeconds * 1000,
    log: parts.log.child({ room: 'freepbx' }),
  });
  return {
    ...watch,
    close: async () => {
      await watch.stop();
      await source.close();
    },
  };
}

/** What the script of #exec prints for the queues in `etc`; the command is a door to the same script, for people. */
export async function queueSections(etc: string): Promise<string> {
  const script = join(beside('dialplan'), 'exec/dialhook-queues.sh');
  return (await promisify(execFile)('/bin/sh', [script, etc])).stdout;
}

const TABLES = Object.keys(FREEPBX_COLUMNS) as FreepbxTable[];

/**
 * What FreePBX says now, and what was typed by hand here; while its database is away, what was read last.
 * @throws Failure when reading is switched off, or when it is away and was never read
 */
export async function seeFreepbx(config: Config): Promise<FreepbxSeen> {
  if (config.freepbxDatabaseUrl === '')
    throw new Failure('reading FreePBX is switched off: set DIALHOOK_FREEPBX_DATABASE_URL (docs/freepbx.md)');
  const ours = openDatabase(config.databaseUrl);
  const source = freepbxSource(config.freepbxDatabaseUrl);
  try {
    const last = await findFreepbxReading(ours, config.pbx).catch(() => null);
    const stored = last ? await listFreepbxNames(ours, config.pbx) : [];
    const typed = await typedNames(ours).catch(() => new Map<string, string>());
    // Who may log in is known to the PBX; the server asks it, and what it heard last stands in our tables.
    const dynamic = new Map(
      stored.flatMap(({ kind, number, detail }) =>
        kind === 'queue' && detail['dynamic'] ? [[number, detail['dynamic'].split(' ')] as const] : [],
      ),
    );
    const fresh = await source.rows().then(
      (rows) => ({ items: itemsOf(rows, dynamic), error: '' }),
      (error: unknown) => ({ items: null, error: explain(error) }),
    );
    if (fresh.items === null && !last) throw new Failure(`FreePBX can not be read: ${fresh.error}`);
    const items = fresh.items?.map((item) => ({ ...item, removedAt: null })) ?? [];
    const gone = stored.filter(({ removedAt }) => removedAt !== null || fresh.items === null);
    return {
      error: fresh.error,
      readAt: last?.readAt ?? null,
      items: [...items, ...gone].map(({ kind, number, name, detail, removedAt }) => {
        const here = typed.get(`${kind} ${number}`) ?? '';
        return { kind, number, name, detail, removedAt, here: here === name ? '' : here };
      }),
    };
  } finally {
    await Promise.all([source.close(), ours.close()]);
  }
}

/** What people typed here: names of operators, titles of queues. */
async function typedNames(db: Db): Promise<Map<string, string>> {
  const users = (await listUsers(db)).filter(({ operator, disabled }) => operator !== '' && !disabled);
  const queues = [...(await listQueueSettings(db)).values()].filter(({ title }) => title !== '');
  return new Map([
    ...users.map(({ operator, name }) => [`extension ${operator}`, name] as const),
    ...queues.map(({ queue, title }) => [`queue ${queue}`, title] as const),
  ]);
}

/** What the doctor asks of FreePBX's database; rejects when it is away. */
export async function probeFreepbx(config: Config, ours: Db): Promise<FreepbxProbe> {
  const db = openDatabase(config.freepbxDatabaseUrl, {
    ...{ queryTimeoutMs: PATIENCE_MS, connectTimeoutMs: PATIENCE_MS, poolMax: 1 },
  });
  try {
    const readable = await readableTables(db);
    return {
      missing: TABLES.filter((table) => !readable.includes(table)),
      tooMuch: await writingRights(db),
      extensions: (await freepbxRows(db, readable)).get('users')?.length ?? 0,
      reading: await findFreepbxReading(ours, config.pbx).catch(() => null),
    };
  } finally {
    await db.close();
  }
}

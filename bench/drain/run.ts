// How fast a journal that waited for the database drains into it, beside what the database takes at all: the same events by
// raw 500-row INSERTs on one connection into a table like theirs. Floor and ours by turns, on one MariaDB that shares the cores.
//   make bench ARGS=drain            about a minute
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { type MariaDb, startMariaDb } from '../../scripts/lab/mariadb.js';
import { parseLine } from '../../src/call/event.js';
import { openJournal } from '../../src/record/journal.js';
import { encodeRecord, segmentPath } from '../../src/record/segments.js';
import type { Db } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { toDb } from '../../src/store/time.js';
import { builtForBench } from '../lib/built.js';
import { median, rounds } from '../lib/figures.js';
import { cpuOf, load } from '../lib/machine.js';
import { type Figure, tell } from '../lib/report.js';
import { linesOfTraffic, T0, type Traffic } from './calls.js';

const short = process.argv.includes('--short');
const ROUNDS = short ? 1 : 3;
/** What came in while the database was away. Calls of 7.4 s each, so most of them lie in two batches when 2,000 events come a second. */
const SHAPES: readonly { name: string; traffic: Traffic }[] = [
  { name: '2,000 events/s, 1,850 calls at once', traffic: { calls: 6000, everyMs: 4, operators: 2000, queues: 20 } },
  { name: '53 events/s, 50 calls at once', traffic: { calls: 4000, everyMs: 150, operators: 40, queues: 5 } },
];
/** Before the first round: the code is compiled on the way. */
const WARM: Traffic = { calls: 2000, everyMs: 4, operators: 2000, queues: 20 };
const AIM = { rows: 20_000, ratio: 0.5 };
const DRAINED_MS = 300_000;

interface Run {
  rows: number;
  events: number;
  seconds: number;
  /** CPU seconds of this process, and of the database. */
  own: number;
  database: number;
}

async function timed(server: MariaDb, act: () => Promise<unknown>): Promise<Pick<Run, 'seconds' | 'own' | 'database'>> {
  const [at, own, database] = [performance.now(), process.cpuUsage(), cpuOf(server.pid())];
  await act();
  const { user, system } = process.cpuUsage(own);
  const seconds = (performance.now() - at) / 1000;
  return { seconds, own: (user + system) / 1e6, database: cpuOf(server.pid()) - database };
}

async function floor(server: MariaDb, url: string, lines: readonly string[]): Promise<Run> {
  const connection = await mysql.createConnection({ uri: url, charset: 'utf8mb4' });
  await connection.query('CREATE TABLE bench_floor LIKE events');
  const rows = lines.map((line) => {
    const parsed = parseLine(line);
    if (!parsed.ok) throw new Error(parsed.refusal.reason);
    const { id, call, pbx, event, at } = parsed.event;
    return [id, call, pbx, event, toDb(at), toDb(T0), line];
  });
  const insert = 'INSERT INTO bench_floor (id, call_id, pbx, event, at, received_at, line) VALUES ?';
  const run = await timed(server, async () => {
    for (let i = 0; i < rows.length; i += 500) await connection.query(insert, [rows.slice(i, i + 500)]);
  });
  await connection.query('DROP TABLE bench_floor');
  await connection.end();
  return { ...run, rows: rows.length, events: rows.length };
}

/** The loop as it is installed, compiled, over a journal that is there already. */
async function drain(server: MariaDb, db: Db, lines: readonly string[]): Promise<Run> {
  const { startLoop }: typeof import('../../src/record/loop.js') = await import(
    join(dirname(await builtForBench()), 'record/loop.js')
  );
  const folder = temporaryFolder('bench-drain');
  mkdirSync(folder, { recursive: true });
  writeFileSync(segmentPath(folder, 1), lines.map((line) => encodeRecord(line, T0)).join(''));
  const journal = await openJournal(folder);
  const before = await rowsIn(db);
  const log = { info: () => undefined, warn: console.warn, error: console.error };
  const run = await timed(server, async () => {
    const loop = startLoop({ db, journal, server: 'bench', log });
    const done = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the journal did not drain')), DRAINED_MS);
      loop.onApplied(() => {
        if (loop.status().applied < lines.length) return;
        clearTimeout(late);
        resolve();
      });
    });
    await done.finally(() => loop.stop());
  });
  await journal.close();
  removeFolder(folder);
  return { ...run, rows: (await rowsIn(db)) - before, events: lines.length };
}

/** Rows that stand in all tables of ours: what was written over on the way counts once, and what was taken back not at all. */
async function rowsIn(db: Db): Promise<number> {
  const [tables] = (await db.knex.raw("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")) as [
    Record<string, string>[],
  ];
  let sum = 0;
  for (const table of tables.map((row) => Object.values(row)[0] ?? '')) {
    const [row] = (await db.knex(table).count({ n: '*' })) as { n: number }[];
    sum += Number(row?.n ?? 0);
  }
  return sum;
}

async function round(server: MariaDb, lines: readonly string[]): Promise<{ floor: Run; ours: Run }> {
  const url = await server.createDatabase();
  const { openDatabase: open }: typeof import('../../src/store/database.js') = await import(
    join(dirname(await builtForBench()), 'store/database.js')
  );
  const db = open(url);
  await migrate(db, fileURLToPath(new URL('../../sql/migrations', import.meta.url)));
  const both = { floor: await floor(server, url, lines), ours: await drain(server, db, lines) };
  await db.close();
  await server.admin(`DROP DATABASE ${new URL(url).pathname.slice(1)}`);
  return both;
}

const perSecond = (run: Run) => run.rows / run.seconds;
const micros = (runs: readonly Run[], of: (run: Run) => number) => (median(runs.map(of)) * 1e6).toFixed(0);
const cpu = (runs: readonly Run[]) =>
  `${micros(runs, (r) => r.own / r.rows)} + ${micros(runs, (r) => r.database / r.rows)} µs of CPU a row (Node + database)`;

function figuresOf(name: string, all: readonly { floor: Run; ours: Run }[]): Figure[] {
  const [floors, ours] = [all.map((one) => one.floor), all.map((one) => one.ours)];
  const ratios = all.map((one) => perSecond(one.ours) / perSecond(one.floor));
  const rows = ours.map(perSecond);
  const events = median(ours.map((run) => run.events / run.seconds));
  console.log(`  floor ${cpu(floors)}; ours ${cpu(ours)}`);
  return [
    {
      what: `drain of the journal into all tables, rows/s: ${name}`,
      ours: `${rounds(rows, 0)}, of ${events.toFixed(0)} events/s`,
      beside: `${AIM.rows}; 500-row INSERTs of the events alone ${rounds(floors.map(perSecond), 0)}`,
      reached: median(rows) >= AIM.rows,
    },
    { what: '… of its floor', ours: rounds(ratios), beside: `≥ ${AIM.ratio}`, reached: median(ratios) >= AIM.ratio },
  ];
}

const server = await startMariaDb();
try {
  // Each COMMIT is on disk before it is answered, and the tables fit into memory.
  await server.admin(
    'SET GLOBAL innodb_flush_log_at_trx_commit = 1; SET GLOBAL innodb_buffer_pool_size = 1073741824; SET GLOBAL innodb_log_file_size = 268435456',
  );
  await round(server, linesOfTraffic(WARM));
  const figures: Figure[] = [];
  for (const { name, traffic } of SHAPES) {
    const lines = linesOfTraffic({ ...traffic, calls: short ? traffic.calls / 2 : traffic.calls });
    console.log(`${name}: ${lines.length} events, ${cpus().length} × ${cpus()[0]?.model}, load ${load()}`);
    const all: { floor: Run; ours: Run }[] = [];
    for (let n = 0; n < ROUNDS; n += 1) all.push(await round(server, lines));
    figures.push(...figuresOf(name, all));
  }
  tell(figures);
} finally {
  await server.remove();
}

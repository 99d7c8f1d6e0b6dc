// How long a hook waits until its event is safe in the journal: the whole server with its MariaDB at 2,000 events/s, open
// loop, on the disk as it is and with every fdatasync 5 ms slower, beside a bare server that only writes and syncs.
//   make bench ARGS=ack              about two minutes
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { type MariaDb, startMariaDb } from '../../scripts/lab/mariadb.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { openDatabase } from '../../src/store/database.js';
import { builtForBench } from '../lib/built.js';
import type { Ready } from '../lib/child.js';
import { median, quantile, rounds } from '../lib/figures.js';
import { cpuOf, load, needTwoCores } from '../lib/machine.js';
import { ask, BESIDE, EVERYWHERE, endAll, heard, start } from '../lib/pinned.js';
import { type Figure, tell } from '../lib/report.js';
import type { Order, Result } from './load.js';

const short = process.argv.includes('--short');
const RATE = 2_000;
const COUNT = short ? 4_000 : 10_000;
const ROUNDS = short ? 1 : 3;
const SLOW_MS = 5;
const AIM_MS = 20;
/**
 * Before the first round. For the first twenty thousand events V8 compiles beside them, in threads that take a third of what the
 * server itself takes: a server that has run for half a minute is another one than the one that has just begun.
 */
const WARM = [
  { rate: 500, count: 1_500 },
  { rate: RATE, count: short ? 6_000 : 20_000 },
];
const WARMED = WARM.reduce((sum, { count }) => sum + count, 0);
const APPLIED_MS = 60_000;

const here = (name: string) => new URL(`./${name}.ts`, import.meta.url);
const SLOW = new URL('../../test/faults/inject/slow-sync.mjs', import.meta.url).pathname;

/** Something that confirms events. */
interface Target {
  name: string;
  disk: Disk;
  port: number;
  /** CPU seconds so far. */
  cpu(): number;
  /** Resolves when nothing of the rounds so far is still to be done, and gives how many events are in the tables. */
  quiet(confirmed: number): Promise<number | null>;
  stop(): Promise<unknown>;
}
type Disk = 'plain' | 'slow';

/** Options of node and environment that make a disk of it. */
const diskOf = (disk: Disk) =>
  disk === 'plain' ? { node: [], env: {} } : { node: ['--import', SLOW], env: { FAULT_SYNC_MS: String(SLOW_MS) } };

async function floor(disk: Disk, folder: string): Promise<Target> {
  const { node, env } = diskOf(disk);
  const child = start(here('floor'), EVERYWHERE, [join(folder, `floor-${disk}.log`)], node, env);
  const { port } = await heard<Ready>(child);
  return {
    ...{ name: 'floor', disk, port },
    cpu: () => cpuOf(child.pid ?? 0),
    quiet: () => Promise.resolve(null),
    stop: () => Promise.resolve(),
  };
}

async function ours(disk: Disk, folder: string, maria: MariaDb): Promise<Target> {
  const { node, env } = diskOf(disk);
  const url = await maria.createDatabase();
  const server: Server = await startServer({
    args: ['--roles', 'agi,apply'],
    command: [process.execPath, ...node, await builtForBench()],
    env: {
      ...{ ...env, DIALHOOK_DATABASE_URL: url, DIALHOOK_DATA_DIR: join(folder, disk), DIALHOOK_LOG_LEVEL: 'warn' },
      // At this rate a stall of 32 ms, which this machine has by itself, would fill the usual 64.
      DIALHOOK_AGI_BACKLOG: '512',
    },
  });
  const db = openDatabase(url);
  const stored = async () => Number(((await db.knex('events').count({ n: '*' })) as { n: number }[])[0]?.n ?? 0);
  return {
    ...{ name: 'ours', disk, port: Number(server.agi.split(':').at(-1)) },
    cpu: () => cpuOf(server.child.pid),
    async quiet(confirmed) {
      const all = async () => (await stored()) >= confirmed;
      await until(all, { what: `${confirmed} events to be in the tables`, deadline: APPLIED_MS, every: 100 });
      return stored();
    },
    async stop() {
      await db.close();
      await server.stop();
    },
  };
}

interface Measured {
  p50: number;
  p99: number;
  /** Of one core. */
  cpu: number;
}

async function measure(
  loader: ChildProcess,
  target: Target,
  run: number,
  { rate, count } = { rate: RATE, count: COUNT },
): Promise<Measured> {
  const before = target.cpu();
  const begun = performance.now();
  const { confirmed, times } = await ask<Result>(loader, { port: target.port, rate, count, run } satisfies Order);
  if (confirmed !== count) throw new Error(`${target.name}: ${confirmed} of ${count} events were confirmed`);
  const cpu = (target.cpu() - before) / ((performance.now() - begun) / 1000);
  return { p50: median(times), p99: quantile(times, 0.99), cpu: 100 * cpu };
}

const names = { plain: 'the disk as it is', slow: `every fdatasync ${SLOW_MS} ms slower` };

function figuresOf(found: Map<Target, Measured[]>, disk: Disk): Figure {
  const of = (name: string, key: keyof Measured) =>
    [...found].filter(([one]) => one.name === name && one.disk === disk).flatMap(([, all]) => all.map((m) => m[key]));
  const text = (name: string) => `${median(of(name, 'p50')).toFixed(1)} / ${median(of(name, 'p99')).toFixed(1)} ms`;
  return {
    what: `journal acknowledgement at ${RATE} events/s, ${names[disk]}, p50 / p99`,
    ours: `${text('ours')}, with ${median(of('ours', 'cpu')).toFixed(0)} % of a core for the whole server`,
    beside: `bare group commit ${text('floor')}; p99 ≤ ${AIM_MS} ms`,
    reached: median(of('ours', 'p99')) <= AIM_MS,
  };
}

async function main(folder: string): Promise<void> {
  needTwoCores();
  console.log(`ack: ${ROUNDS} rounds of ${COUNT} events at ${RATE}/s, by turns; load ${load()}`);
  const maria = await startMariaDb();
  const targets: Target[] = [];
  try {
    for (const disk of ['plain', 'slow'] as const)
      targets.push(await floor(disk, folder), await ours(disk, folder, maria));
    const loader = start(here('load'), BESIDE);
    const found = new Map<Target, Measured[]>(targets.map((target) => [target, []]));
    let run = 0;
    let lost = 0;
    for (const target of targets) {
      for (const warm of WARM) await measure(loader, target, ++run, warm);
      await target.quiet(WARMED);
    }
    for (let i = 0; i < ROUNDS; i++) {
      for (const target of targets) {
        found.get(target)?.push(await measure(loader, target, ++run));
        const stored = await target.quiet(WARMED + (i + 1) * COUNT);
        if (stored !== null) lost += WARMED + (i + 1) * COUNT - stored;
      }
    }
    for (const [{ name, disk }, all] of found) {
      console.log(
        `  ${name}, ${names[disk]}: p50 ms ${rounds(all.map((m) => m.p50))}, p99 ms ${rounds(all.map((m) => m.p99))}, % of a core ${rounds(
          all.map((m) => m.cpu),
          0,
        )}`,
      );
    }
    const figures = [figuresOf(found, 'plain'), figuresOf(found, 'slow')];
    const sent = 2 * (WARMED + ROUNDS * COUNT);
    tell([
      ...figures,
      {
        what: `events confirmed and not, or twice, in the tables`,
        ours: `${lost} of ${sent}`,
        beside: '0',
        reached: lost === 0,
      },
    ]);
  } finally {
    for (const target of targets) await target.stop();
    await maria.remove();
  }
}

const folder = temporaryFolder('bench-ack');
try {
  await main(folder);
} finally {
  await endAll();
  removeFolder(folder);
}

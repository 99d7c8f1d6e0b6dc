// What a call costs the server and its database, from 5 to 200 calls a second: a simulated centre speaks FastAGI to the compiled
// server, which writes into a MariaDB of its own. Calls last a sixtieth of life, so that their ends come within the run.
//   node --import tsx bench/scale/run.ts             six steps, under three minutes
//   node --import tsx bench/scale/run.ts --short     two steps
//   node --import tsx bench/scale/run.ts --doc       writes the table of docs/scale.md too
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMariaDb } from '../../scripts/lab/mariadb.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type Child, startChild } from '../../scripts/lab/process.js';
import { startServer } from '../../scripts/lab/server.js';
import { openDatabase } from '../../src/store/database.js';
import { builtForBench } from '../lib/built.js';
import { median } from '../lib/figures.js';
import { cpuOf, load, memoryOf } from '../lib/machine.js';
import { type Figure, tell } from '../lib/report.js';
import { metricsOf, p99Of } from './metrics.js';
import { type Measured, planOf } from './plan.js';
import { sizesOf } from './sizes.js';

const short = process.argv.includes('--short');
const STEPS = short ? [5, 50] : [5, 10, 20, 50, 100, 200];
/** Calls of so many times life's speed: a call of three minutes takes three seconds. */
const SPEED = 60;
/** Operators for each call a second: 15 calls an hour for each of them, in the centre's own time. */
const OPERATORS = 4;
const WARM_MS = 5000;
const WINDOWS = 3;
const WINDOW_MS = 5000;
/** How often the lag is looked at, ms. */
const LOOK_MS = 1000;

/** With a load beyond this the cores are somebody else's, too. */
const BUSY = 4;
const NOISE =
  '**Other programs kept the cores busy during this run (last column): the rates that were reached, the lag and the waits are theirs as much as ours.**\n';

interface Window {
  calls: number;
  events: number;
  sessions: number;
  /** CPU seconds of each, in a second. */
  server: number;
  database: number;
  generator: number;
  lag: number;
}

interface Step extends Window {
  wanted: number;
  p99: string;
  serverMb: number;
  databaseMb: number;
  live: number;
  load: string;
  refused: number;
}

const maria = await startMariaDb();
const program = await builtForBench();
const url = maria.url;
const [agi, operations] = [await freePort(), await freePort()];
const server = await startServer({
  command: [process.execPath, program],
  env: {
    DIALHOOK_DATABASE_URL: url,
    DIALHOOK_AGI_PORT: String(agi),
    DIALHOOK_OPERATIONS_PORT: String(operations),
    DIALHOOK_LOG_LEVEL: 'warn',
  },
  deadline: 60_000,
});
const metrics = () => metricsOf(`http://127.0.0.1:${operations}/metrics`);

/** A simulated centre with so many calls a second; it ends with the step. */
const generator = (rate: number): Promise<Child> => {
  const said = {
    ...{
      agi: `127.0.0.1:${agi}`,
      rate: (rate * 60) / SPEED,
      speed: SPEED,
      operators: Math.max(8, rate * OPERATORS),
      queues: 12,
    },
    ...{ seed: rate, seconds: (WARM_MS + WINDOWS * WINDOW_MS) / 1000 + 5, pbx: `pbx${rate}` },
  };
  const args = Object.entries(said).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return startChild('simulate', process.execPath, [program, 'simulate', ...args], {
    // By this it lets all callers hang up.
    stopSignal: 'SIGINT',
  });
};

async function windowOf(centre: Child): Promise<Window> {
  const pids = [server.child.pid, maria.pid(), centre.pid];
  const [from, cpu, began] = [await metrics(), pids.map(cpuOf), performance.now()];
  let lag = 0;
  while (performance.now() - began < WINDOW_MS) {
    await sleep(LOOK_MS);
    lag = Math.max(lag, (await metrics()).one('dialhook_behind_seconds'));
  }
  const [to, seconds] = [await metrics(), (performance.now() - began) / 1000];
  const [own = 0, database = 0, generator = 0] = pids.map((pid, i) => (cpuOf(pid) - (cpu[i] ?? 0)) / seconds);
  const rate = (name: string, label?: RegExp) => (to.sum(name, label) - from.sum(name, label)) / seconds;
  return {
    ...{ calls: rate('dialhook_events_total', /kind="call"/), events: rate('dialhook_events_total') },
    ...{ sessions: rate('dialhook_agi_sessions_total'), server: own, database, generator, lag },
  };
}

async function step(wanted: number): Promise<Step> {
  const centre = await generator(wanted);
  try {
    await sleep(WARM_MS);
    const [from, windows]: [Awaited<ReturnType<typeof metrics>>, Window[]] = [await metrics(), []];
    for (let n = 0; n < WINDOWS; n += 1) windows.push(await windowOf(centre));
    const to = await metrics();
    const of = (key: keyof Window) => median(windows.map((one) => one[key]));
    return {
      ...{ wanted, calls: of('calls'), events: of('events'), sessions: of('sessions'), lag: of('lag') },
      ...{ server: of('server'), database: of('database'), generator: of('generator'), p99: p99Of(from, to) },
      ...{ serverMb: memoryOf(server.child.pid), databaseMb: memoryOf(maria.pid()), live: to.sum('dialhook_calls') },
      refused: to.sum('dialhook_agi_refused_total') - from.sum('dialhook_agi_refused_total'),
      load: load().split(' ')[0] ?? '',
    };
  } finally {
    await centre.stop();
  }
}

const head =
  '| calls/s wanted | calls/s done | events/s | AGI sessions/s | server, cores | ms of CPU a call | database, cores | ms of CPU a call | generator, cores | lag, s | hook p99 ≤, ms | server MB | database MB | live calls | load |';
const rows = (steps: readonly Step[]) =>
  steps.map((one) =>
    [
      ...[one.wanted, one.calls.toFixed(1), one.events.toFixed(0), one.sessions.toFixed(0), one.server.toFixed(2)],
      ...[((one.server * 1000) / one.calls).toFixed(1), one.database.toFixed(2)],
      ...[((one.database * 1000) / one.calls).toFixed(1), one.generator.toFixed(2), one.lag.toFixed(1)],
      ...[one.p99, one.serverMb.toFixed(0), one.databaseMb.toFixed(0), one.live, one.load],
    ].join(' | '),
  );

const steps: Step[] = [];
try {
  // A server that has just started compiles itself as it goes: that is no call's cost.
  await warmUp();
  for (const wanted of STEPS) {
    const done = await step(wanted);
    steps.push(done);
    console.log(
      `  ${wanted} calls/s: ${done.calls.toFixed(1)} done, server ${done.server.toFixed(2)} cores, database ${done.database.toFixed(2)}, lag ${done.lag.toFixed(1)} s, load ${done.load}`,
    );
  }
  const drained = await untilDrained();
  const db = openDatabase(url);
  const sizes = await sizesOf(db, await metrics());
  await db.close();
  // The last step that reached its rate and left nothing behind.
  const best = steps.findLast((one) => one.calls >= 0.9 * one.wanted && one.lag < 1) ?? (steps[0] as Step);
  const text = [
    `${head}\n|${'---|'.repeat(15)}`,
    ...rows(steps).map((row) => `| ${row} |`),
    '',
    ...steps
      .filter((one) => Number(one.load) > BUSY)
      .slice(-1)
      .map(() => NOISE),
    `After the last step the tables had all events within ${drained.toFixed(1)} s.`,
    '',
    sizes.text,
    '',
    `The largest rate that was kept up with, ${best.wanted} calls/s, in centres of other sizes:`,
    '',
    planOf({ ...sizes, ...perCall(best) }),
  ].join('\n');
  console.log(`\n${text}`);
  if (process.argv.includes('--doc')) intoDocument(text);
  tell(figures(steps));
} finally {
  await server.stop();
  await maria.remove();
}

function perCall(one: Step): Pick<Measured, 'serverMs' | 'databaseMs' | 'events' | 'sessions'> {
  const each = (value: number) => value / one.calls;
  const [serverMs, databaseMs] = [each(one.server * 1000), each(one.database * 1000)];
  return { serverMs, databaseMs, events: each(one.events), sessions: each(one.sessions) };
}

async function warmUp(): Promise<void> {
  const centre = await generator(50);
  await sleep(2 * WARM_MS);
  await centre.stop();
}

/** Seconds until the tables hold all that the journal has. */
async function untilDrained(): Promise<number> {
  const began = performance.now();
  while ((await metrics()).one('dialhook_journal_behind_bytes') > 0 && performance.now() - began < 60_000)
    await sleep(100);
  return (performance.now() - began) / 1000;
}

function figures(all: readonly Step[]): Figure[] {
  return all.map((one) => ({
    what: `${one.wanted} calls/s`,
    ours: `${one.calls.toFixed(1)} done; server ${((one.server * 1000) / one.calls).toFixed(1)} ms, database ${((one.database * 1000) / one.calls).toFixed(1)} ms of CPU a call; lag ${one.lag.toFixed(1)} s; ${one.refused} sessions refused`,
    beside: `load ${one.load}`,
    reached: null,
  }));
}

/** Puts the table between its marks. */
function intoDocument(text: string): void {
  const path = new URL('../../docs/scale.md', import.meta.url);
  const [begin, end] = ['<!-- measured: begin -->', '<!-- measured: end -->'];
  const before = readFileSync(path, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/scale.md has lost the marks of its table');
  writeFileSync(path, `${before.slice(0, from + begin.length)}\n\n${text}\n\n${before.slice(to)}`);
}

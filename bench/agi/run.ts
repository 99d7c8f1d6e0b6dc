// What a FastAGI session costs, against a bare node:net server in the same minutes on the same machine: the server on one
// core, the load on the other, floor and ours by turns. A session: environment → GET VARIABLE → SET VARIABLE → close.
//   make bench ARGS=agi              about 70 s
//   make bench ARGS="agi --short"    some seconds
import type { ChildProcess } from 'node:child_process';
import { median, quantile, rounds } from '../lib/figures.js';
import { load, needTwoCores } from '../lib/machine.js';
import { ask, BESIDE, endAll, type PinnedServer, serverOf, start, used } from '../lib/pinned.js';
import { tell } from '../lib/report.js';
import type { Order, Result } from './load.js';

const short = process.argv.includes('--short');
const CLOSED = { rounds: short ? 3 : 7, sessions: short ? 3_000 : 8_000, concurrency: 64 };
const OPEN = { rounds: short ? 3 : 7, sessions: short ? 1_000 : 3_000, rate: 1_000 };

export const module = (name: string): URL => new URL(`./${name}.ts`, import.meta.url);

interface Closed {
  perCpu: number;
  perSecond: number;
}

async function sessions(loader: ChildProcess, order: Order): Promise<Result> {
  const result = await ask<Result>(loader, order);
  if (result.failed > 0) throw new Error(`${result.failed} sessions did not end as they should`);
  return result;
}

async function closed({ server, loader }: Pair, count: number): Promise<Closed> {
  const before = await used(server);
  const result = await sessions(loader, { kind: 'closed', ...CLOSED, port: server.port, sessions: count });
  const { cpu } = await used(server);
  return { perCpu: count / (cpu - before.cpu), perSecond: count / result.seconds };
}

interface Pair {
  server: PinnedServer;
  loader: ChildProcess;
}

/** Runs `measure` for floor and ours by turns; who is first changes from round to round. */
async function byTurns<T>(
  count: number,
  servers: readonly PinnedServer[],
  measure: (server: PinnedServer) => Promise<T>,
): Promise<Map<string, T[]>> {
  const found = new Map<string, T[]>(servers.map(({ name }) => [name, []]));
  for (let i = 0; i < count; i++) {
    for (const server of i % 2 ? servers.toReversed() : servers) found.get(server.name)?.push(await measure(server));
  }
  return found;
}

async function main(): Promise<void> {
  needTwoCores();
  console.log(
    `agi: ${CLOSED.rounds} rounds of ${CLOSED.sessions} sessions, ${CLOSED.concurrency} at once; then ${OPEN.rounds} of ${OPEN.sessions} at ${OPEN.rate}/s; load ${load()}`,
  );
  const loader = start(module('load'), BESIDE);
  const servers = [await serverOf('floor', module('floor')), await serverOf('ours', module('ours'))];
  for (const server of servers) await closed({ server, loader }, 3_000);

  const fast = await byTurns(CLOSED.rounds, servers, (server) => closed({ server, loader }, CLOSED.sessions));
  const of = (name: string) => fast.get(name) ?? [];
  const perCpu = (name: string) => of(name).map((round) => round.perCpu);
  // Round by round: what the neighbours on this machine did to one, they did to the other.
  const ratios = perCpu('ours').map((ours, i) => ours / (perCpu('floor')[i] ?? Number.NaN));

  const open = await byTurns(OPEN.rounds, servers, async ({ port }) => {
    const { session, gap } = await sessions(loader, { kind: 'open', ...OPEN, port });
    return { p50: median(session), p99: quantile(session, 0.99), gap: quantile(gap, 0.99) };
  });
  const p99s = (name: string, key: 'p50' | 'p99' | 'gap') => (open.get(name) ?? []).map((round) => round[key]);

  const timed = await serverOf('timed', module('ours'), ['--timed']);
  await closed({ server: timed, loader }, 3_000);
  await used(timed);
  await sessions(loader, { kind: 'open', ...OPEN, port: timed.port });
  const { own } = await used(timed);

  for (const name of ['floor', 'ours']) {
    console.log(`  ${name}: sessions per CPU-second  ${rounds(perCpu(name), 0)}`);
    console.log(
      `  ${name}: sessions per second      ${rounds(
        of(name).map((round) => round.perSecond),
        0,
      )}`,
    );
    for (const key of ['p50', 'p99', 'gap'] as const)
      console.log(`  ${name}: at ${OPEN.rate}/s, ${key.padEnd(4)} ms      ${rounds(p99s(name, key))}`);
  }
  console.log(`  ours / floor by CPU             ${rounds(ratios)}`);
  const ratio = median(ratios);
  const [floorP99, oursP99] = [median(p99s('floor', 'p99')), median(p99s('ours', 'p99'))];
  const [floorGap, oursGap] = [median(p99s('floor', 'gap')), median(p99s('ours', 'gap'))];
  tell([
    {
      what: 'FastAGI sessions per CPU-second of the server, all limits on',
      ours: `${median(perCpu('ours')).toFixed(0)}, ${ratio.toFixed(2)} of the floor`,
      beside: `bare \`node:net\` ${median(perCpu('floor')).toFixed(0)}; ≥ 0.65 of it`,
      reached: ratio >= 0.65,
    },
    {
      what: 'session at 1,000/s, open loop, p50 / p99',
      ours: `${median(p99s('ours', 'p50')).toFixed(2)} / ${oursP99.toFixed(2)} ms`,
      beside: `floor ${median(p99s('floor', 'p50')).toFixed(2)} / ${floorP99.toFixed(2)} ms; p99 ≤ floor + 1 ms`,
      reached: oursP99 <= floorP99 + 1,
    },
    {
      what: 'from an answer to our next command, p99, as the PBX sees it (of it in our own hands)',
      ours: `${oursGap.toFixed(2)} ms (${quantile(own, 0.99).toFixed(2)} ms)`,
      beside: `floor ${floorGap.toFixed(2)} ms; ≤ 0.5 ms`,
      reached: oursGap <= 0.5,
    },
  ]);
}

try {
  await main();
} finally {
  await endAll();
}

// 10,000 sessions that wait for an answer of Asterisk: the memory they take, and what those feel that do not wait.
//   make bench ARGS=idle             about 60 s
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Held, Order, Result } from '../agi/load.js';
import { median, quantile, rounds } from '../lib/figures.js';
import { load, memoryOf, needOpenFiles, needTwoCores } from '../lib/machine.js';
import { ask, BESIDE, end, endAll, type PinnedServer, serverOf, start } from '../lib/pinned.js';
import { tell } from '../lib/report.js';

const SESSIONS = 10_000;
/** Beside the idle ones: those under way, the journal, the log, what Node itself holds open. */
const FILES = SESSIONS + 1_500;
const HEALTHY = { kind: 'open', rate: 500, sessions: 1_500 } as const;
const ROUNDS = 5;
/** Until memory has settled: the server's own timers have passed and garbage of the connects is gone. */
const SETTLE_MS = 3_000;

const agi = (name: string) => new URL(`../agi/${name}.ts`, import.meta.url);

interface Measured {
  before: number;
  after: number;
  alone: number[];
  beside: number[];
}

async function healthy(loader: ChildProcess, { port }: PinnedServer): Promise<number> {
  const { session, failed } = await ask<Result>(loader, { ...HEALTHY, port } satisfies Order);
  if (failed > 0) throw new Error(`${failed} sessions did not end as they should`);
  return quantile(session, 0.99);
}

async function measure(name: string, flags: readonly string[]): Promise<Measured> {
  const loader = start(agi('load'), BESIDE);
  const holder = start(agi('load'), BESIDE);
  const server = await serverOf(name, agi(name), flags);
  await ask<Result>(loader, { kind: 'closed', port: server.port, sessions: 3_000, concurrency: 64 } satisfies Order);
  const alone: number[] = [];
  for (let i = 0; i < ROUNDS; i++) alone.push(await healthy(loader, server));
  const before = memoryOf(server.child.pid ?? 0);
  const { open } = await ask<Held>(holder, { kind: 'hold', port: server.port, sessions: SESSIONS } satisfies Order);
  await sleep(SETTLE_MS);
  const after = memoryOf(server.child.pid ?? 0);
  const beside: number[] = [];
  for (let i = 0; i < ROUNDS; i++) beside.push(await healthy(loader, server));
  const { open: still } = await ask<Held>(holder, { kind: 'release' } satisfies Order);
  if (open !== SESSIONS || still !== SESSIONS) throw new Error(`of ${SESSIONS} idle sessions ${still} were left`);
  for (const child of [server.child, loader, holder]) await end(child);
  console.log(
    `  ${name}: ${before.toFixed(0)} → ${after.toFixed(0)} MB, ${(((after - before) * 1024) / SESSIONS).toFixed(1)} kB a session`,
  );
  console.log(
    `  ${name}: p99 of healthy sessions at ${HEALTHY.rate}/s, ms: alone ${rounds(alone)}, beside them ${rounds(beside)}`,
  );
  return { before, after, alone, beside };
}

async function main(): Promise<void> {
  needTwoCores();
  needOpenFiles(FILES);
  console.log(`idle: ${SESSIONS} idle sessions; load ${load()}`);
  const floor = await measure('floor', []);
  const ours = await measure('ours', ['--idle']);
  const [mine, bare] = [ours.after - ours.before, floor.after - floor.before];
  const [alone, beside] = [median(ours.alone), median(ours.beside)];
  tell([
    {
      what: 'memory of 10,000 idle sessions (PSS of the server before → with them)',
      ours: `${ours.before.toFixed(0)} → ${ours.after.toFixed(0)} MB: ${mine.toFixed(0)} MB`,
      beside: `floor ${bare.toFixed(0)} MB; ≤ 100 MB`,
      reached: mine <= 100,
    },
    {
      what: 'p99 of healthy sessions at 500/s, alone → beside 10,000 idle ones',
      ours: `${alone.toFixed(2)} → ${beside.toFixed(2)} ms`,
      beside: `floor ${median(floor.alone).toFixed(2)} → ${median(floor.beside).toFixed(2)} ms; ≤ twice, or the floor's + 1 ms`,
      reached: beside <= Math.max(2 * alone, median(floor.beside) + 1),
    },
  ]);
}

try {
  await main();
} finally {
  await endAll();
}

// What a FastAGI session costs, against a bare node:net server in the same minutes on the same machine.
//   node --import tsx bench/agi/run.ts           five rounds, about a minute
//   node --import tsx bench/agi/run.ts --short   a few seconds
//   node --import tsx bench/agi/run.ts --idle    memory of 10,000 sessions that wait
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Ready, Used } from './child.js';
import type { Order, Result } from './load.js';

const short = process.argv.includes('--short');
const rounds = short ? 3 : 5;
const sessions = short ? 3_000 : 10_000;
const IDLE = 10_000;

const children: ChildProcess[] = [];

function start(name: string, core: number, ...flags: string[]): ChildProcess {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const command = ['-c', String(core), process.execPath, ...process.execArgv, file, ...flags];
  const child = spawn('taskset', command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.push(child);
  return child;
}

async function ask<T>(child: ChildProcess, message: object): Promise<T> {
  const answer = once(child, 'message');
  child.send(message);
  const [result] = (await answer) as [T & { error?: string }];
  if (result.error !== undefined) throw new Error(result.error);
  return result;
}

async function serverOf(
  name: string,
  ...flags: string[]
): Promise<{ name: string; child: ChildProcess; port: number }> {
  const child = start(name, 0, ...flags);
  const [{ port }] = (await once(child, 'message')) as [Ready];
  return { name, child, port };
}

const quantile = (values: number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN;
const median = (values: number[]) => quantile(values, 0.5);
const load = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');

interface Round {
  perCpu: number;
  perSecond: number;
  result: Result;
  own: number[];
}

async function round(
  server: { child: ChildProcess; port: number },
  loader: ChildProcess,
  order: Partial<Order>,
): Promise<Round> {
  const before = await ask<Used>(server.child, {});
  const result = await ask<Result>(loader, { port: server.port, path: '/event', sessions, ...order });
  const after = await ask<Used>(server.child, {});
  const cpu = after.cpu - before.cpu;
  if (result.failed > 0) throw new Error(`${result.failed} sessions did not end as they should`);
  return {
    perCpu: result.session.length / cpu,
    perSecond: result.session.length / result.seconds,
    result,
    own: after.own,
  };
}

const line = (name: string, values: number[], digits = 0) =>
  console.log(
    `  ${name.padEnd(34)} median ${median(values).toFixed(digits)}   (${values.map((v) => v.toFixed(digits)).join(' ')})`,
  );
const times = (name: string, values: number[]) =>
  console.log(
    `  ${name.padEnd(34)} p50 ${quantile(values, 0.5).toFixed(2)}  p99 ${quantile(values, 0.99).toFixed(2)}  p99.9 ${quantile(values, 0.999).toFixed(2)} ms`,
  );

async function speed(): Promise<void> {
  const loader = start('load', 1);
  const servers = [await serverOf('floor'), await serverOf('ours')];
  console.log(`load ${load()}; ${rounds} rounds of ${sessions} sessions, 64 at once, floor and ours by turns`);
  const done = new Map<string, Round[]>(servers.map(({ name }) => [name, []]));
  for (const server of servers) await round(server, loader, { sessions: 3_000, concurrency: 64 });
  for (let i = 0; i < rounds; i++) {
    for (const server of i % 2 ? servers.toReversed() : servers) {
      done.get(server.name)?.push(await round(server, loader, { concurrency: 64 }));
    }
  }
  for (const [name, results] of done) {
    line(
      `${name}: sessions per server CPU-second`,
      results.map((r) => r.perCpu),
    );
    line(
      `${name}: sessions per second`,
      results.map((r) => r.perSecond),
    );
    times(
      `${name}: session, 64 in flight`,
      results.flatMap((r) => r.result.session),
    );
  }
  const ratios = (done.get('ours') ?? []).map(
    (ours, i) => ours.perCpu / (done.get('floor')?.[i]?.perCpu ?? Number.NaN),
  );
  line('ours / floor, by CPU', ratios, 2);
  for (const server of servers) {
    const { result } = await round(server, loader, { rate: 1000, sessions: short ? 2_000 : 8_000 });
    times(`${server.name}: session at 1000/s`, result.session);
    times(`${server.name}: answer to next command`, result.gap);
  }
  const timed = await serverOf('ours', '--timed');
  await round(timed, loader, { sessions: 2_000, concurrency: 64 });
  const { own } = await round(timed, loader, { rate: 1000, sessions: short ? 2_000 : 8_000 });
  times('ours: of it in our own hands', own);
  console.log(`load ${load()}`);
}

const pssOf = (child: ChildProcess) =>
  Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;

async function idle(): Promise<void> {
  for (const name of ['floor', 'ours']) {
    const loader = start('load', 1);
    const server = await serverOf(name);
    await round(server, loader, { sessions: 2_000, concurrency: 64 });
    const before = pssOf(server.child);
    await ask(loader, { port: server.port, path: '/idle', sessions: IDLE, hold: true });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const after = pssOf(server.child);
    console.log(
      `  ${name}: ${before.toFixed(0)} MB -> ${after.toFixed(0)} MB with ${IDLE} idle sessions: ${(after - before).toFixed(0)} MB, ${(((after - before) * 1024) / IDLE).toFixed(1)} kB each`,
    );
    for (const child of [server.child, loader]) {
      child.disconnect();
      await once(child, 'exit');
    }
  }
}

try {
  await (process.argv.includes('--idle') ? idle() : speed());
} finally {
  for (const child of children) if (child.connected) child.disconnect();
}

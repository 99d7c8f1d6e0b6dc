// One number of viewers, at the floor and at ours by turns.
import type { ChildProcess } from 'node:child_process';
import { median, quantile, rounds } from '../lib/figures.js';
import { cpuOf } from '../lib/machine.js';
import { ask } from '../lib/pinned.js';
import type { Figure } from '../lib/report.js';
import type { Order, Result } from './load.js';

export interface Target {
  name: string;
  pid: number;
  port: number;
}

export interface Case {
  viewers: number;
  /** To be reached: share of a core, %, and p99, ms. */
  cpu: number;
  p99: number | null;
  rounds: number;
}

interface Measured {
  /** Of one core, %. */
  cpu: number;
  p50: number;
  p99: number;
  /** Bytes a second, and share of the answers that were whole (not 304), %. */
  network: number;
  whole: number;
  /** Polls that were not sent, as the answer before was late by a whole second, %. */
  skipped: number;
}

/** Beyond this share of polls that were not sent the machine was busy with other things, and nothing is judged, %. */
const TOO_MANY = 1;
const SECONDS = 5;
/** Until every session was looked up and the code is compiled. */
const WARM_SECONDS = 5;

const order = (loader: ChildProcess, message: Order) => ask<Result>(loader, message);

async function measure(loader: ChildProcess, target: Target, cookies: readonly string[]): Promise<Measured> {
  await order(loader, { kind: 'open', port: target.port, cookies });
  await order(loader, { kind: 'ask', seconds: WARM_SECONDS });
  const before = cpuOf(target.pid);
  const result = await order(loader, { kind: 'ask', seconds: SECONDS });
  // The last second, in which nobody asks, is not theirs; what the server does for itself in it is counted against it.
  const cpu = (cpuOf(target.pid) - before) / SECONDS;
  await order(loader, { kind: 'close' });
  const { 200: whole = 0, 304: same = 0, ...other } = result.status;
  if (Object.keys(other).length > 0) throw new Error(`${target.name}: answers ${JSON.stringify(other)}`);
  if (result.gzipped < whole) throw new Error(`${target.name}: ${whole - result.gzipped} answers are not compressed`);
  return {
    ...{ cpu: 100 * cpu, p50: median(result.times), p99: quantile(result.times, 0.99) },
    skipped: (100 * result.skipped) / (result.asked + result.skipped),
    ...{ network: result.bytes / SECONDS, whole: (100 * whole) / (whole + same) },
  };
}

/** Measures both, and says what was found. */
export async function play(
  { viewers, cpu, p99, rounds: count }: Case,
  loader: ChildProcess,
  targets: readonly Target[],
  cookies: readonly string[],
): Promise<Figure[]> {
  const found = new Map<string, Measured[]>(targets.map(({ name }) => [name, []]));
  for (let i = 0; i < count; i++) {
    for (const target of i % 2 ? targets.toReversed() : targets) {
      found.get(target.name)?.push(await measure(loader, target, cookies.slice(0, viewers)));
    }
  }
  const of = (name: string, key: keyof Measured) => (found.get(name) ?? []).map((one) => one[key]);
  const text = (name: string, key: keyof Measured, digits: number) => median(of(name, key)).toFixed(digits);
  for (const { name } of targets) {
    const times = `p50 ms ${rounds(of(name, 'p50'))}, p99 ms ${rounds(of(name, 'p99'))}`;
    const polls = `polls not sent % ${rounds(of(name, 'skipped'), 0)}`;
    console.log(`  ${viewers} viewers, ${name}: % of a core ${rounds(of(name, 'cpu'), 1)}, ${times}, ${polls}`);
  }
  const both = (name: string) => `${text(name, 'cpu', 1)} %, ${text(name, 'p50', 2)} / ${text(name, 'p99', 2)} ms`;
  const starved = targets.some(({ name }) => median(of(name, 'skipped')) > TOO_MANY);
  const within = median(of('ours', 'cpu')) <= cpu && (p99 === null || median(of('ours', 'p99')) <= p99);
  const network = (name: string) => `${(median(of(name, 'network')) / 1e6).toFixed(1)} MB/s`;
  return [
    {
      what: `monitor, ${viewers.toLocaleString('en')} viewers at 1 Hz: CPU of a core, p50 / p99`,
      ours: starved ? `not judged: the machine was too busy (${both('ours')})` : both('ours'),
      beside: `floor ${both('floor')}; ≤ ${cpu} %${p99 === null ? '' : `, p99 ≤ ${p99} ms`}`,
      reached: starved ? null : within,
    },
    {
      what: '… network (share of answers that are whole; the others are 304)',
      ours: `${network('ours')} (${text('ours', 'whole', 0)} %)`,
      beside: `floor ${network('floor')}`,
      reached: null,
    },
  ];
}

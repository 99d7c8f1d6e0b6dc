// A campaign: rounds of one fault, each in a laboratory of its own, checked at its end.
import { createRandom } from '../../src/simulator/random.js';
import { arrived, check } from './checker.js';
import { type Floor, startFloor } from './floor.js';
import { openLaboratory } from './laboratory.js';
import { type Budget, LOOKUP_MS, type Nemesis, UNTOUCHED } from './nemesis.js';
import type { Wait } from './truth.js';

export interface Result {
  fault: string;
  harm: string;
  /** Times the harm was done. */
  runs: number;
  events: number;
  spooled: number;
  lost: number;
  doubled: number;
  /** Longest wait of a call for one hook, ms, where the dialplan bounds it and where nothing does. */
  worstMain: number;
  worstSide: number;
  /** Longest wait for a server that does nothing, in the same minutes, ms: the machine's own. */
  floor: number;
  /** Waits beyond the budget. */
  late: number;
  seconds: number;
  /** What was found, in words; empty when all promises held. */
  wrong: string[];
  /** Why it could not be done; empty when it was. */
  skipped: string;
}

export interface Plan {
  strokes: number;
  perRound: number;
  seed: number;
  progress?: (result: Result) => void;
}

/** A share of hooks that may be beyond budget and floor: the floor did not see every hiccup of the machine. All are counted. */
const FEW = 0.001;

/** How much longer than the floor's worst the machine may hold up a server that does more, and is asked more often. */
const MACHINE = 5;

/** How long the tables may take to hold everything after the last harm, ms. */
const SETTLE_MS = 60_000;

/** Runs a fault until its strokes are done or a round finds something wrong. */
export async function runCampaign(nemesis: Nemesis, plan: Plan): Promise<Result> {
  const began = performance.now();
  const result: Result = {
    ...{ fault: nemesis.name, harm: nemesis.harm, runs: 0, events: 0, spooled: 0, lost: 0, doubled: 0 },
    ...{ worstMain: 0, worstSide: 0, floor: 0, late: 0, seconds: 0, wrong: [], skipped: '' },
  };
  result.skipped = (await nemesis.lacks?.()) ?? '';
  if (result.skipped !== '') return result;
  for (let round = 0; result.runs < plan.strokes && result.wrong.length === 0; round += 1) {
    const strokes = Math.min(plan.perRound, plan.strokes - result.runs);
    await runRound(nemesis, strokes, plan.seed + round, result);
    result.seconds = (performance.now() - began) / 1000;
    plan.progress?.(result);
  }
  return result;
}

async function runRound(nemesis: Nemesis, strokes: number, seed: number, result: Result): Promise<void> {
  const random = createRandom(seed);
  const prepared = await nemesis.prepare?.();
  const floor = await startFloor();
  try {
    const lab = await openLaboratory({ ...nemesis.lab, ...prepared?.lab }, random);
    try {
      for (let n = 0; n < strokes; n += 1) {
        await nemesis.stroke(lab, n);
        result.runs += 1;
      }
      await lab.generator.stop();
      const { truth } = lab.generator;
      await arrived(lab.db, truth.lines.size, SETTLE_MS);
      await lab.spoolEmpty().catch((error: Error) => result.wrong.push(error.message));
      const also = (await nemesis.also?.(lab)) ?? [];
      for (const server of lab.servers) await server.stop();
      const verdict = await check(lab.db, truth.lines, random, (nemesis.torn ?? 0) * strokes);
      const found = [...verdict.wrong, ...also];
      if (verdict.lost.length > 0) found.push(`lost: ${verdict.lost.slice(0, 5).join(', ')}`);
      if (verdict.doubled.length > 0) found.push(`doubled: ${verdict.doubled.slice(0, 5).join(', ')}`);
      result.events += verdict.events;
      result.spooled += truth.spooled();
      result.lost += verdict.lost.length;
      result.doubled += verdict.doubled.length;
      found.push(...measure(truth.waits(), nemesis.budget ?? UNTOUCHED, floor, result));
      result.wrong.push(...found.map((text) => `seed ${seed}: ${text}`));
    } finally {
      await lab.remove();
    }
  } finally {
    await floor.stop();
    await prepared?.release();
  }
}

/** Takes the waits into the result; tells those beyond the budget. */
function measure(waits: readonly Wait[], budget: Budget, floor: Floor, result: Result): string[] {
  const worst = floor.worst();
  // The floor is asked now and then, the server all the time, and it has more to wake up: some times the worst is the machine's.
  const lookup = Math.max(LOOKUP_MS, budget.main);
  const allowed = ({ kind, way }: Wait) => (kind === 'lookup' ? lookup : budget[way]) + MACHINE * worst;
  const late = waits.filter((wait) => wait.ms > allowed(wait));
  for (const { way, ms } of waits) {
    if (way === 'main') result.worstMain = Math.max(result.worstMain, ms);
    else result.worstSide = Math.max(result.worstSide, ms);
  }
  result.floor = Math.max(result.floor, worst);
  result.late += late.length;
  const [first] = late.sort((a, b) => b.ms - a.ms);
  if (!first || late.length <= Math.max(2, waits.length * FEW)) return [];
  const limit = Math.round(allowed(first));
  return [
    `${late.length} hooks held their call too long: ${first.kind} ${Math.round(first.ms)} ms instead of ${limit} ms`,
  ];
}

// Systematic harm: the Nth query fails, the Nth write of the journal, the Nth packet of a FastAGI session, for every N, until
// a run comes through without a failure.
import { open } from 'node:fs/promises';
import { sharedMariaDb } from '../../scripts/lab/mariadb.js';
import type { SegmentFile } from '../../src/record/journal.js';
import { createRandom } from '../../src/simulator/random.js';
import { openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { MIGRATIONS } from '../store/migrations.js';
import type { Result } from './campaign.js';
import { type ChainFault, runChain } from './chain.js';
import { check } from './checker.js';

export interface Sweep {
  name: string;
  harm: string;
  /** The fault that meets the Nth; `met` says afterwards whether there was an Nth at all. */
  fault(n: number): { fault: ChainFault; met: (pieces: Awaited<ReturnType<typeof runChain>>['pieces']) => boolean };
}

const packets = (where: 'database' | 'agi', way: 'up' | 'down', name: string, harm: string): Sweep => ({
  name,
  harm,
  fault: (n) => ({ fault: { [where]: { cut: { way, piece: n } } }, met: (pieces) => pieces[where][way] >= n }),
});

/** Fails the Nth append, sync or opening of a segment; a full disk takes part of an append. */
function failing(n: number): { openFile: NonNullable<ChainFault['openFile']>; steps: () => number } {
  let steps = 0;
  const trip = () => {
    steps += 1;
    // The very first file is opened before anybody could be refused.
    if (steps === n + 1) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  const openFile = async (path: string): Promise<SegmentFile> => {
    trip();
    const real = await open(path, 'ax');
    return {
      appendFile: async (data) => {
        try {
          trip();
        } catch (error) {
          await real.appendFile((data as Buffer).subarray(0, 11));
          throw error;
        }
        await real.appendFile(data);
      },
      datasync: async () => {
        trip();
        await real.datasync();
      },
      truncate: (size) => real.truncate(size),
      close: () => real.close(),
    };
  };
  return { openFile, steps: () => steps };
}

export const SWEEPS: readonly Sweep[] = [
  packets('database', 'up', 'nth-query', 'the connection is cut instead of sending the Nth query, for every N'),
  packets('database', 'down', 'nth-answer', 'the connection is cut after the Nth query was done, also after a COMMIT'),
  packets('agi', 'up', 'nth-packet-in', 'the Nth packet from the PBX does not arrive, and its connection is cut'),
  packets('agi', 'down', 'nth-packet-out', 'the Nth packet to the PBX is not sent, and its connection is cut'),
  {
    name: 'nth-journal-write',
    harm: 'the Nth append, fdatasync or opening of a journal segment fails, half written',
    fault: (n) => {
      const { openFile, steps } = failing(n);
      return { fault: { openFile }, met: () => steps() > n };
    },
  },
];

export interface SweepPlan {
  /** Every `stride`th N only, from a random first one on; 1: every one. */
  stride: number;
  seed: number;
  progress?: (result: Result) => void;
}

const PROGRESS_EVERY = 50;

/** Runs a sweep until a run is clean. */
export async function runSweep(sweep: Sweep, { stride, seed, progress }: SweepPlan): Promise<Result> {
  const began = performance.now();
  const result: Result = {
    ...{ fault: sweep.name, harm: sweep.harm, runs: 0, events: 0, spooled: 0, lost: 0, doubled: 0 },
    ...{ worstMain: 0, worstSide: 0, floor: 0, late: 0, seconds: 0, wrong: [], skipped: '' },
  };
  const random = createRandom(seed);
  const url = await (await sharedMariaDb()).createDatabase();
  const db = openDatabase(url);
  try {
    await migrate(db, MIGRATIONS);
    const all = new Map<string, string>();
    let met = true;
    for (let n = random.whole(1, stride); met; n += stride) {
      const { fault, met: wasMet } = sweep.fault(n);
      const run = await runChain(url, `n${n}`, fault).catch((error: Error) => error);
      result.runs += 1;
      if (run instanceof Error) {
        result.wrong.push(`n = ${n}: ${run.message}`);
        break;
      }
      for (const [id, line] of run.truth.lines) all.set(id, line);
      result.spooled += run.truth.spooled();
      met = wasMet(run.pieces);
      result.seconds = (performance.now() - began) / 1000;
      if (result.runs % PROGRESS_EVERY === 0) progress?.(result);
    }
    const verdict = await check(db, all, random);
    result.events = verdict.events;
    result.lost = verdict.lost.length;
    result.doubled = verdict.doubled.length;
    result.wrong.push(...verdict.wrong);
    if (verdict.lost.length > 0) result.wrong.push(`lost: ${verdict.lost.slice(0, 5).join(', ')}`);
    if (verdict.doubled.length > 0) result.wrong.push(`doubled: ${verdict.doubled.slice(0, 5).join(', ')}`);
  } finally {
    await db.close();
  }
  result.seconds = (performance.now() - began) / 1000;
  progress?.(result);
  return result;
}

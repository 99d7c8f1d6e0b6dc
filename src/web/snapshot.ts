// One read of the tables a second, shared by all who watch. A read that fails leaves the last good snapshot
// standing with its own time: the pages show it as old, never as zeros.
import { setTimeout as pause } from 'node:timers/promises';
import type { Snapshot } from '../call/live.js';
import type { WebLog } from './deps.js';

/** Between two reads at least, however much happens, ms. */
const LEAST_MS = 200;

export interface SnapshotOptions {
  /** Reads the tables; `signal` ends a read that takes too long. */
  read(now: number, signal: AbortSignal): Promise<Snapshot>;
  log: WebLog;
  everyMs?: number;
  /** A read that takes longer has failed, ms. */
  deadlineMs?: number;
  /** How long a failed read may still hang before the next one starts without it, ms. */
  abandonMs?: number;
  now?: () => number;
}

export interface SnapshotLoop {
  /** The last good snapshot; null before the first. */
  current(): Snapshot | null;
  /** Since when reading fails, ms; null while it works. */
  failingSince(): number | null;
  /** Something has changed in the tables: read them soon, not only when the second is over. */
  wake(): void;
  /** Starts no further read. */
  stop(): void;
}

/** Starts reading at once and goes on until stopped; never two reads at a time. */
export function startSnapshots(options: SnapshotOptions): SnapshotLoop {
  const { read, log, everyMs = 1_000, deadlineMs = 3_000, abandonMs = 10_000, now = Date.now } = options;
  const ended = new AbortController();
  let snapshot: Snapshot | null = null;
  let failing: number | null = null;
  let woken = false;
  let rouse: () => void = () => {};

  async function once(): Promise<void> {
    const deadline = AbortSignal.timeout(deadlineMs);
    const reading = Promise.resolve().then(() => read(now(), deadline));
    try {
      snapshot = await Promise.race([reading, refusal(deadline, deadlineMs)]);
      if (failing !== null) log.info({ afterMs: now() - failing }, 'snapshots are read again');
      failing = null;
    } catch (error) {
      if (failing === null) log.error({ error: message(error) }, 'snapshots can not be read');
      failing ??= now();
      await Promise.race([reading.catch(() => null), pause(abandonMs, null, { signal: ended.signal })]);
    }
  }

  async function loop(): Promise<void> {
    while (!ended.signal.aborted) {
      const from = now();
      await once();
      await pause(Math.max(0, Math.min(LEAST_MS, everyMs) - (now() - from)), null, { signal: ended.signal });
      if (!woken) await untilWoken(everyMs - (now() - from));
      woken = false;
    }
  }

  /** Waits the rest of the second, or until somebody says that the tables have changed. */
  async function untilWoken(ms: number): Promise<void> {
    const woke = new AbortController();
    rouse = () => woke.abort();
    await pause(Math.max(0, ms), null, { signal: AbortSignal.any([ended.signal, woke.signal]) }).catch(() => null);
    ended.signal.throwIfAborted();
  }
  // The loop ends in one way only: pause() rejects when it is stopped.
  loop().catch(() => null);

  const wake = () => {
    woken = true;
    rouse();
  };
  return { current: () => snapshot, failingSince: () => failing, wake, stop: () => ended.abort() };
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const refusal = (signal: AbortSignal, ms: number): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`the tables were not read within ${ms} ms`)), {
      once: true,
    });
  });

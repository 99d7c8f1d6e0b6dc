// Between two batches the loop rests: a batch of one event costs the database and this process as much as one of thirty, and
// both would take from the cores what whoever answers the calls needs.
import { setTimeout as sleep } from 'node:timers/promises';

/** While the journal is caught up with, batches begin at least this far apart, ms. It is what a screen may be later for it. */
const GATHER_MS = 100;
/** … and however long a batch took, this share of it lies before the next one, but never more than the time above. */
const SHARE = 0.5;

export interface Rest {
  /** Resolves when the next batch may begin: at once when none began for a while, and when `signal` comes. */
  over(signal: AbortSignal): Promise<void>;
  /** A batch has begun. */
  begun(): void;
  /** Its end: with `more` behind it in the journal the next one follows at once, for then it is full. */
  ended(more: boolean): void;
}

/**
 * Rests so that batches begin `gatherMs` apart. On cores that are all busy a batch takes longer than that: without a rest behind it
 * the batches would follow each other, small and dear, and take the cores for themselves.
 */
export function restBetween(gatherMs: number = GATHER_MS): Rest {
  // By the clock that is never set back.
  let since = Number.NEGATIVE_INFINITY;
  let until = since;
  return {
    over: async (signal) => {
      const ms = until - performance.now();
      if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
    },
    begun: () => {
      since = performance.now();
    },
    ended: (more) => {
      const now = performance.now();
      until = more ? now : Math.max(since + gatherMs, now + Math.min((now - since) * SHARE, gatherMs));
    },
  };
}

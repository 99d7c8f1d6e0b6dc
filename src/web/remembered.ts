// A look-up of the database that a page may need each second: asked seldom, never waited for long.
import { setTimeout as pause } from 'node:timers/promises';
import type { WebLog } from './deps.js';

export interface Remembering {
  /** How long an answer is believed, ms. */
  forMs: number;
  /** How long the first answer is waited for, ms. Later ones are fetched behind the page's back. */
  waitMs: number;
  now(): number;
  log: WebLog;
}

interface Known<T> {
  value: T | undefined;
  stamp: string;
  askedAt: number;
  asking: Promise<unknown> | null;
}

const MOST = 5_000;
/** After a change the table may still be a moment behind: it is asked again soon, ms. */
const SOON_MS = 2_000;

/**
 * Remembers answers by key. A new `stamp` says that the answer has probably changed: then it is fetched anew, and once
 * more a little later. Answers what is known; undefined when nothing is (yet).
 */
export function remembered<T>(ask: (key: string) => Promise<T>, options: Remembering) {
  const { forMs, waitMs, now, log } = options;
  const all = new Map<string, Known<T>>();
  const changed = new Map<string, number>();

  function fetch(key: string, known: Known<T>): void {
    known.askedAt = now();
    known.asking = ask(key)
      .then((value) => {
        known.value = value;
      })
      .catch((error: unknown) => log.warn({ error: String(error) }, 'a look-up for a page failed'))
      .finally(() => {
        known.asking = null;
      });
  }

  return async (key: string, stamp: string): Promise<T | undefined> => {
    const known = all.get(key) ?? { value: undefined, stamp, askedAt: Number.NEGATIVE_INFINITY, asking: null };
    if (!all.has(key)) {
      if (all.size >= MOST) all.clear();
      all.set(key, known);
    }
    if (known.stamp !== stamp) changed.set(key, now());
    const fresh = now() - (changed.get(key) ?? Number.NEGATIVE_INFINITY) < 2 * SOON_MS;
    const old = now() - known.askedAt >= (fresh ? SOON_MS : forMs);
    if (known.asking === null && (old || known.stamp !== stamp)) fetch(key, known);
    known.stamp = stamp;
    if (!fresh) changed.delete(key);
    if (known.value === undefined && known.asking !== null) await Promise.race([known.asking, pause(waitMs)]);
    return known.value;
  };
}

// The lab waits for conditions, never for luck: what is waited for, for how long, and what was seen last.
import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** Milliseconds until it gives up; 15,000 unless said: a busy machine has its time, and only a failure waits so long. */
  deadline?: number;
  /** Milliseconds between two looks; 20 unless said. */
  every?: number;
  /** What is waited for, as the end of "waited 15000 ms for …". */
  what: string | (() => string);
  /** A reason to give up at once: what is waited for can never come any more. */
  unless?: () => string | null;
}

type Falsy = false | null | undefined | '' | 0;

/**
 * Asks `look` again and again until it gives something truthy, and gives that back. A look that throws counts as "not yet";
 * its message stands in the error. A look that hangs is bounded by the same deadline.
 * @throws Error `waited N ms for <what>; last: …` when the deadline passes, or what `unless` says.
 */
export async function until<T>(look: () => T | Promise<T>, options: UntilOptions): Promise<Exclude<T, Falsy>> {
  const { deadline = 15_000, every = 20, what, unless = () => null } = options;
  const end = performance.now() + deadline;
  let last = 'nothing';
  for (;;) {
    const left = end - performance.now();
    const hopeless = unless();
    if (hopeless !== null) throw new Error(hopeless);
    if (left <= 0) {
      throw new Error(`waited ${deadline} ms for ${typeof what === 'string' ? what : what()}; last: ${last}`);
    }
    try {
      const seen = await within(Promise.resolve(look()), left, 'an answer of the look itself');
      if (seen) return seen as Exclude<T, Falsy>;
      last = String(seen);
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await sleep(Math.min(every, Math.max(0, end - performance.now())));
  }
}

/**
 * Gives what the promise gives, or throws after `ms` milliseconds. The promise itself is not stopped.
 * @throws Error `waited N ms for <what>`.
 */
export async function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  const stop = new AbortController();
  const late = sleep(ms, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`waited ${Math.round(ms)} ms for ${what}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => {});
    stop.abort();
  }
}

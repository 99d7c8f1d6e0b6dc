// How long the hooks held their calls, counted where they are answered: a few numbers for each path, whatever the load, so
// that the other thread can be told of all of them once a second.

/** Upper bounds of the counted classes, seconds. A hook's promise is 0.05; the lookup's is its budget. */
export const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

export interface Times {
  /** Sessions up to each of BOUNDS, those of the lower ones not included; the last is for all that were longer. */
  counts: number[];
  /** Of all, seconds. */
  sum: number;
}

export interface HookTimes {
  /** Counts one session of a path, ms. */
  add(path: string, ms: number): void;
  /** Since the start, by path. */
  all(): Record<string, Times>;
}

/** Counts nothing yet. The number of paths is the caller's to bound. */
export function hookTimes(): HookTimes {
  const paths = new Map<string, Times>();
  return {
    add(path, ms) {
      const times = paths.get(path) ?? { counts: new Array<number>(BOUNDS.length + 1).fill(0), sum: 0 };
      paths.set(path, times);
      const seconds = ms / 1000;
      const found = BOUNDS.findIndex((bound) => seconds <= bound);
      const at = found < 0 ? BOUNDS.length : found;
      times.counts[at] = (times.counts[at] ?? 0) + 1;
      times.sum += seconds;
    },
    all: () => Object.fromEntries(paths),
  };
}

// Pure. Stretches of time, and how much of it they cover together.

/** From when to when, ms; `until` null while it lasts. */
export interface Stretch {
  from: number;
  until: number | null;
}

/** Whether two stretches have a moment in common. */
export const meet = (a: Stretch, b: Stretch): boolean =>
  a.from <= (b.until ?? Number.POSITIVE_INFINITY) && b.from <= (a.until ?? Number.POSITIVE_INFINITY);

/** How much of a window some stretches cover, each moment once, ms. An open stretch of an open window counts for nothing yet. */
export function covered(
  stretches: readonly Stretch[],
  from = Number.NEGATIVE_INFINITY,
  until: number | null = null,
): number {
  let sum = 0;
  let reached = from;
  for (const stretch of [...stretches].sort((a, b) => a.from - b.from)) {
    const end = Math.min(stretch.until ?? until ?? reached, until ?? stretch.until ?? reached);
    const begin = Math.max(stretch.from, reached);
    if (end <= begin) continue;
    sum += end - begin;
    reached = end;
  }
  return sum;
}

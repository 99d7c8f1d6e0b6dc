// Pure. What a single look shows may be a moment between two truths, so most things must be seen twice to count.

/** What earlier looks saw, by key, and when first, ms. */
export type Sightings = ReadonlyMap<string, number>;

/** Two looks must lie this far apart to count as two: after a reconnect they may come close together. */
const APART_MS = 5_000;

/**
 * Sorts what this look saw: `sure` was seen before and counts, `seen` is for the next look. What counts starts anew: if it is
 * still so after two more looks, it counts again.
 */
export function twice<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  before: Sightings,
  now: number,
): { sure: T[]; seen: Sightings } {
  const sure: T[] = [];
  const seen = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    const since = before.get(key);
    if (since !== undefined && now - since >= APART_MS) sure.push(item);
    else seen.set(key, since ?? now);
  }
  return { sure, seen };
}

// "Did you mean …?" for a name that is not known.

/** Names that a mistyped one probably meant, best first; empty when nothing is near. */
export function nearNames(wrong: string, known: readonly string[]): string[] {
  const name = wrong.toUpperCase();
  const limit = Math.max(2, Math.floor(name.replace('DIALHOOK_', '').length / 4));
  const near = known
    .map((candidate) => ({ candidate, steps: distance(name, candidate) }))
    .filter(({ steps }) => steps <= limit)
    .sort((a, b) => a.steps - b.steps);
  if (near.length > 0) return near.slice(0, 2).map(({ candidate }) => candidate);
  const words = new Set(name.split('_').slice(1));
  const sharing = known.filter((candidate) =>
    candidate
      .split('_')
      .slice(1)
      .some((word) => words.has(word)),
  );
  return sharing.length <= 3 ? sharing : [];
}

/** Letters to change, add, drop or swap with a neighbour to get from one name to the other. */
function distance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  const first = rows[0] ?? [];
  for (let j = 0; j <= b.length; j++) first[j] = j;
  for (let i = 1; i <= a.length; i++) {
    const row = rows[i] ?? [];
    for (let j = 1; j <= b.length; j++) {
      const swap =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? at(i - 2, j - 2) + 1
          : Number.POSITIVE_INFINITY;
      row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1), swap);
    }
  }
  return at(a.length, b.length);
}

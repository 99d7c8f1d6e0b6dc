// Medians and percentiles.

/** The value that `q` of all values do not exceed; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.min(sorted.length - 1, Math.ceil(sorted.length * q) - 1))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** `1.23` with its rounds behind it: `1.23 (1.20 1.23 1.31)`. */
export const rounds = (values: readonly number[], digits = 2): string =>
  `${median(values).toFixed(digits)} (${values.map((value) => value.toFixed(digits)).join(' ')})`;

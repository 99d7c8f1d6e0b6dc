// Pure. The numbers of a queue, one formula each (docs/words.md). The monitor and the reports both count with these.

/** Counts of visits of one queue over some time. T and S are the queue's answer-in and short thresholds. */
export interface VisitCounts {
  /** Visits that entered; those refused at the door (join_empty, full, closed) are not among them. */
  offered: number;
  answered: number;
  /** Answered with wait ≤ T. */
  answeredWithin: number;
  /** Abandoned, short ones included. */
  abandoned: number;
  /** Abandoned with wait ≤ S. */
  shortAbandoned: number;
  timeout: number;
  exitEmpty: number;
  /** Sum of the waits of answered visits, ms. */
  answeredWait: number;
}

export const NO_VISITS: VisitCounts = {
  offered: 0,
  answered: 0,
  answeredWithin: 0,
  abandoned: 0,
  shortAbandoned: 0,
  timeout: 0,
  exitEmpty: 0,
  answeredWait: 0,
};

/** Default thresholds of a queue without settings: T 20 s, S 5 s, target 80 %. */
export const QUEUE_DEFAULTS = { answerWithin: 20, shortAbandon: 5, target: 80 };

/** A share in percent with the number of cases behind it; null without a case: no data is a dash, never 0 or 100 %. */
export type Ratio = { value: number; n: number } | null;

const ratio = (part: number, n: number): Ratio => (n > 0 ? { value: (part / n) * 100, n } : null);

/** Answered with wait ≤ T ÷ (answered + abandoned with wait > S + timeout + exit_empty). */
export const serviceLevel = (c: VisitCounts): Ratio =>
  ratio(c.answeredWithin, c.answered + (c.abandoned - c.shortAbandoned) + c.timeout + c.exitEmpty);

/** Answered with wait ≤ T ÷ answered. Never shown under the name service level. */
export const answeredWithinT = (c: VisitCounts): Ratio => ratio(c.answeredWithin, c.answered);

/** Abandoned with wait > S ÷ (offered − short). */
export const abandonRate = (c: VisitCounts): Ratio =>
  ratio(c.abandoned - c.shortAbandoned, c.offered - c.shortAbandoned);

/** Answered ÷ offered. */
export const answerRate = (c: VisitCounts): Ratio => ratio(c.answered, c.offered);

/** Mean wait of answered visits, ms; null without one. */
export const answerSpeed = (c: VisitCounts): number | null => (c.answered > 0 ? c.answeredWait / c.answered : null);

/** Adds counts up: a ratio of sums, never a mean of ratios. */
export function addCounts(all: readonly VisitCounts[]): VisitCounts {
  const sum = { ...NO_VISITS };
  for (const counts of all) for (const key of Object.keys(sum) as (keyof VisitCounts)[]) sum[key] += counts[key];
  return sum;
}

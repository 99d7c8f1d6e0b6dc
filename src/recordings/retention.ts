// Pure. How long a recording is kept, and whether its time has come.

const DAY = 86_400_000;

/** Days; 0 keeps for ever. */
export interface Rules {
  /** Of calls that were in no queue, and of queues that are not named. */
  days: number;
  queues: Readonly<Record<string, number>>;
}

export interface Aged {
  /** ms; the later of the name's time and the file's. */
  takenAt: number;
  /** All queues the call was in, by its name and by its visits. */
  queues: readonly string[];
  /** Somebody marked the call. */
  kept: boolean;
}

/** How many days a recording is kept: the longest of its queues. Infinity: for ever. */
export function daysOf({ queues }: Pick<Aged, 'queues'>, rules: Rules): number {
  const days = queues.map((queue) => (Object.hasOwn(rules.queues, queue) ? (rules.queues[queue] ?? 0) : rules.days));
  return Math.max(...(days.length === 0 ? [rules.days] : days).map((n) => (n === 0 ? Number.POSITIVE_INFINITY : n)));
}

/** Whether a recording is to be deleted now, by age alone. */
export const isDue = (one: Aged, rules: Rules, now: number): boolean =>
  !one.kept && now - one.takenAt > daysOf(one, rules) * DAY;

/** Nothing that was taken after this moment can be due; null when no rule deletes anything. ms. */
export function soonest(rules: Rules, now: number): number | null {
  const days = [rules.days, ...Object.values(rules.queues)].filter((n) => n > 0);
  return days.length === 0 ? null : now - Math.min(...days) * DAY;
}

/** The rule that decided, in words: `400: 90 days`. */
export function ruleOf(one: Pick<Aged, 'queues'>, rules: Rules): string {
  const days = daysOf(one, rules);
  if (days === Number.POSITIVE_INFINITY) return 'for ever';
  const queue = one.queues.find((name) => Object.hasOwn(rules.queues, name) && rules.queues[name] === days);
  return `${queue === undefined ? '' : `${queue}: `}${days} ${days === 1 ? 'day' : 'days'}`;
}

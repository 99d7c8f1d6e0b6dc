// Pure. What outside calls have cost today, and which caps are reached.
import { dialledForm } from './destination.js';

export interface Price {
  prefix: string;
  perMinute: number;
  /** Null: no cap of its own. */
  cap: number | null;
}

/** Outside calls of the day to one number: begun minutes, of those that run too. */
export interface Minutes {
  dialled: string;
  minutes: number;
}

/** A cap that is reached. */
export interface Reached {
  /** Empty: the cap of all calls together. */
  prefix: string;
  spent: number;
  cap: number;
}

/** The price that counts for a number: that of the longest beginning; null when none fits. */
export function priceOf(number: string, prices: readonly Price[], abroad: readonly string[]): Price | null {
  const form = dialledForm(number, abroad);
  const fitting = prices.filter((price) => form.startsWith(price.prefix));
  return fitting.reduce<Price | null>(
    (best, one) => (one.prefix.length > (best?.prefix.length ?? -1) ? one : best),
    null,
  );
}

/** The caps that the day's minutes have reached, that of all calls first. */
export function reachedCaps(
  minutes: readonly Minutes[],
  prices: readonly Price[],
  dailyCap: number | null,
  abroad: readonly string[],
): Reached[] {
  const spent = new Map<string, number>();
  let total = 0;
  for (const one of minutes) {
    const price = priceOf(one.dialled, prices, abroad);
    if (price === null) continue;
    const cost = price.perMinute * one.minutes;
    total += cost;
    spent.set(price.prefix, (spent.get(price.prefix) ?? 0) + cost);
  }
  const all = dailyCap !== null && total >= dailyCap ? [{ prefix: '', spent: total, cap: dailyCap }] : [];
  const each = prices.flatMap(({ prefix, cap }) => {
    const sum = spent.get(prefix) ?? 0;
    return cap !== null && sum >= cap ? [{ prefix, spent: sum, cap }] : [];
  });
  return [...all, ...each];
}

/** The reached cap that stops a number; null when none does. A cap of a prefix stops what is billed by it, and what lies below it. */
export function stopping(number: string, reached: readonly Reached[], abroad: readonly string[]): Reached | null {
  const form = dialledForm(number, abroad);
  return reached.find((one) => form.startsWith(one.prefix)) ?? null;
}

/** A reached cap as the monitor says it. */
export function capInWords({ prefix, spent, cap }: Reached): string {
  const what = prefix === '' ? 'Outside calls' : `Calls to ${prefix}`;
  return `${what} have cost ${spent.toFixed(2)} today; the cap is ${cap.toFixed(2)}. No more of them until midnight.`;
}

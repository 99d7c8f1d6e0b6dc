// Times in the tables are UTC texts with milliseconds, `2026-01-31 08:00:00.123`, alike in MySQL's DATETIME(3) and in SQLite.

/** Milliseconds since the epoch to the tables' text. */
export function toDb(ms: number): string;
export function toDb(ms: number | null): string | null;
export function toDb(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
}

/** The tables' text to milliseconds since the epoch. */
export function fromDb(text: string): number;
export function fromDb(text: string | null): number | null;
export function fromDb(text: string | null): number | null {
  return text === null ? null : Date.parse(`${text.replace(' ', 'T')}Z`);
}

/** Midnight of the day that holds `now` in the given zone, ms. Looked for by the clock, so days of 23 and 25 hours are right. */
export function startOfDay(now: number, timeZone: string): number {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  const today = day.format(now);
  let from = now - 26 * 3_600_000;
  let to = now;
  // The instant at which the local date changes to today's lies between the two: halve to the millisecond.
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (day.format(middle) === today) to = middle;
    else from = middle;
  }
  return to;
}

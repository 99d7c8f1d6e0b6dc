// Times in the tables are UTC texts with milliseconds, `2026-01-31 08:00:00.123`, alike in MySQL's DATETIME(3) and in SQLite.

const DAY = 86_400_000;
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const THREE = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));
/** The last day that was asked for: hundreds of thousands of times in a row are of one, and Date is slow. */
let written = { day: Number.NaN, text: '' };
let read = { text: '', ms: Number.NaN };

/** Milliseconds since the epoch to the tables' text. Throws RangeError for what is no time. */
export function toDb(ms: number): string;
export function toDb(ms: number | null): string | null;
export function toDb(ms: number | null): string | null {
  if (ms === null) return null;
  const day = Math.floor(ms / DAY);
  if (day !== written.day) written = { day, text: new Date(day * DAY).toISOString().slice(0, 10) };
  const rest = Math.floor(ms - day * DAY);
  const seconds = Math.floor(rest / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${written.text} ${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${THREE[rest % 1000]}`;
}

/** The tables' text to milliseconds since the epoch. */
export function fromDb(text: string): number;
export function fromDb(text: string | null): number | null;
export function fromDb(text: string | null): number | null {
  if (text === null) return null;
  if (text.length !== 23) return Date.parse(`${text.replace(' ', 'T')}Z`);
  const date = text.slice(0, 10);
  if (date !== read.text) read = { text: date, ms: Date.parse(`${date}T00:00:00Z`) };
  const [hours, minutes] = [Number(text.slice(11, 13)), Number(text.slice(14, 16))];
  return read.ms + (hours * 60 + minutes) * 60_000 + Math.round(Number(text.slice(17)) * 1000);
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

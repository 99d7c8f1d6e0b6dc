// Pure. Local time of a PBX to UTC. Asking Intl for every row would take most of an import: offsets are remembered by the hour.

export interface Instant {
  /** Milliseconds since the epoch. */
  at: number;
  /** `fold`: this local time occurred twice and nothing told which; `gap`: it never occurred. */
  doubt: '' | 'fold' | 'gap';
}

/** Reads `2026-01-31 08:00:00` (also with T, a fraction or a Z, which means UTC); `born` is an instant at or after which it lies. */
export type Clock = (local: string, born?: number | null) => Instant | null;

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(Z?)$/;
const QUARTER = 900_000;
const DAY = 86_400_000;

/** A clock of a zone such as `Asia/Tashkent`. @throws RangeError for a zone that is none. */
export function clockOf(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const offsetAt = (at: number): number => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
  };
  const known = new Map<number, number[]>();
  /** Offsets under which a quarter of an hour of local time exists: one, two in a fold, none in a gap. */
  const offsetsOf = (naive: number): number[] => {
    const quarter = Math.floor(naive / QUARTER) * QUARTER;
    let offsets = known.get(quarter);
    if (offsets === undefined) {
      const near = new Set([offsetAt(quarter - DAY), offsetAt(quarter + DAY)]);
      offsets = [...near].filter((offset) => offsetAt(quarter - offset) === offset);
      if (known.size > 100_000) known.clear();
      known.set(quarter, offsets);
    }
    return offsets;
  };
  return (local, born = null) => {
    const naive = naiveOf(local);
    if (naive === null) return null;
    if (local.endsWith('Z') || timeZone === 'UTC') return { at: naive, doubt: '' };
    const offsets = offsetsOf(naive);
    const [first, second] = offsets;
    if (first === undefined) return { at: naive - offsetAt(naive - DAY), doubt: 'gap' };
    if (second === undefined) return { at: naive - first, doubt: '' };
    // Of the two the earlier one is meant, unless the channel was made after it.
    const [early, late] = [naive - Math.max(first, second), naive - Math.min(first, second)];
    if (born === null) return { at: early, doubt: 'fold' };
    return { at: born <= early + 1000 ? early : late, doubt: '' };
  };
}

/** The text as if it were UTC, ms; null when it is no time, such as the zero date of MySQL. */
function naiveOf(local: string): number | null {
  const found = PATTERN.exec(local);
  if (!found) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  const real =
    year > 1980 && new Date(at).getUTCDate() === day && month >= 1 && month <= 12 && hour < 24 && minute < 60;
  return real ? at + Math.floor(Number(`0.${found[7] ?? 0}`) * 1000) : null;
}

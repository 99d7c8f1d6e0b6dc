/** Says no in words, or null. Every attempt counts, refused ones too. */
export type RateLimit = (userId: number, verb: string, now: number) => string | null;

export interface RateOptions {
  /** Most `call` clicks of one user in a minute; 10 by default. */
  callsPerMinute?: number;
  /** Most clicks of all verbs of one user in a minute; 60 by default. */
  clicksPerMinute?: number;
}

const MINUTE_MS = 60_000;

/** Counts in memory, in a window that slides: one process's clicks, forgotten at a restart. */
export function rateLimit({ callsPerMinute = 10, clicksPerMinute = 60 }: RateOptions = {}): RateLimit {
  const seen = new Map<number, { at: number; verb: string }[]>();
  return (userId, verb, now) => {
    const recent = (seen.get(userId) ?? []).filter((one) => now - one.at < MINUTE_MS);
    const calls = recent.filter((one) => one.verb === 'call').length;
    seen.set(userId, recent);
    if (verb === 'call' && calls >= callsPerMinute)
      return `No more than ${callsPerMinute} calls a minute: wait a moment.`;
    if (recent.length >= clicksPerMinute) return `No more than ${clicksPerMinute} clicks a minute: wait a moment.`;
    recent.push({ at: now, verb });
    return null;
  };
}

// A load test: events of a story at a fixed rate, whether the server keeps up or not (open loop), and what each cost.
import type { Planned } from './pbx.js';
import type { Player } from './player.js';
import type { Story } from './story.js';

export interface LoadOptions {
  story: Story;
  /** Made with `hangups: false`: the story's time is pressed together, so nobody hangs up in the middle of a request. */
  player: Player;
  eventsPerSecond: number;
  seconds: number;
  signal: AbortSignal;
}

export interface LoadReport {
  sent: number;
  acked: number;
  spooled: number;
  lost: number;
  errors: Record<string, number>;
  /** Seconds it took, the answers to the last events included, and the rate that was reached. */
  seconds: number;
  rate: number;
  /** Milliseconds from AGI() to its return, of confirmed events; null without any. */
  p50: number | null;
  p99: number | null;
  max: number | null;
}

const TICK = 5;
const LAST_ANSWERS_MS = 5000;

/** Each event is stamped anew with the moment it is due, so that the server sees a present, not a story's past. */
export async function load({ story, player, eventsPerSecond, seconds, signal }: LoadOptions): Promise<LoadReport> {
  const began = Date.now();
  const events = eventsOf(story);
  const total = Math.round(eventsPerSecond * seconds);
  let sent = 0;
  while (sent < total && !signal.aborted) {
    const due = Math.min(total, Math.floor(((Date.now() - began) / 1000) * eventsPerSecond) + 1);
    for (; sent < due; sent++)
      void player.send(events.next().value, began + Math.round((sent * 1000) / eventsPerSecond));
    await new Promise((resolve) => setTimeout(resolve, TICK));
  }
  const deadline = setTimeout(() => player.abort(), LAST_ANSWERS_MS);
  await player.idle();
  clearTimeout(deadline);
  const took = (Date.now() - began) / 1000;
  const { acked, spooled, lost, errors, latencies } = player.stats();
  const sorted = Float64Array.from(latencies).sort();
  return {
    sent,
    acked,
    spooled,
    lost,
    errors,
    seconds: took,
    rate: sent / took,
    p50: percentile(sorted, 50),
    p99: percentile(sorted, 99),
    max: percentile(sorted, 100),
  };
}

/** The story's events without end, lookups left out. */
function* eventsOf(story: Story): Generator<Planned, never> {
  for (;;) {
    const next = story.nextAt();
    if (next === null) throw new Error('the story is over: a load test needs one in which calls come');
    for (const planned of story.advance(next)) if (planned.kind !== 'lookup') yield planned;
  }
}

/** The value below which `p` percent of a sorted list lie; null for an empty one. */
export function percentile(sorted: ArrayLike<number>, p: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? null;
}

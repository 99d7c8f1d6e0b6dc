// Pure. When a queue turns amber or red. A colour changes only after its cause has held for five seconds, and a
// level is left a little later than it was entered, so that nothing flickers at a threshold.
import type { QueueNow } from '../call/live.js';
import { percent } from './format.js';

export type Level = 'calm' | 'amber' | 'red';
const LEVELS: readonly Level[] = ['calm', 'amber', 'red'];
export const rank = (level: Level): number => LEVELS.indexOf(level);
const byRank = (n: number): Level => LEVELS[n] ?? 'calm';

/** How long a cause holds before the colour follows, ms. */
export const HOLD_MS = 5_000;
/** Waits are judged by the queue's own answer-in threshold T: with T = 20 s, amber after 1 min, red after 3 min. */
const AMBER_WAIT = 3;
const RED_WAIT = 9;
/** A wait leaves its level below this part of its limit; a service level leaves it this much above. */
const WAIT_SLACK = 0.9;
const SERVICE_SLACK = 1;
/** Points below the target that make a service level red, and how few cases say nothing yet. */
const RED_POINTS = 20;
const FEW = 10;
/** A talk longer than this is worth a look, ms; a pause longer than this unless the site says otherwise. */
export const LONG_TALK_MS = 15 * 60_000;
export const LONG_PAUSE_MS = 30 * 60_000;

export interface Alarm {
  level: Level;
  reason: string;
  /** Since when the level holds, ms. */
  since: number;
  pending: { level: Level; since: number } | null;
}

interface Cause {
  level: Level;
  reason: string;
}

const CALM: Cause = { level: 'calm', reason: '' };

/** The colour of a wait that began at `since`, ms; `slack` is 1 on the way up. */
export function waitLevel(since: number | null, answerWithin: number, now: number, slack: number = 1): Level {
  if (since === null) return 'calm';
  const waited = (now - since) / 1000;
  if (waited >= RED_WAIT * answerWithin * slack) return 'red';
  return waited >= AMBER_WAIT * answerWithin * slack ? 'amber' : 'calm';
}

/** The limit that a wait of this level has passed, in words: `1 min`. */
function limit(level: Level, answerWithin: number): string {
  const s = (level === 'red' ? RED_WAIT : AMBER_WAIT) * answerWithin;
  return s % 60 === 0 ? `${s / 60} min` : `${s} s`;
}

/** What the figures of this moment say; `held` is the level shown now, which is left with some slack. */
function cause(queue: QueueNow, now: number, held: Level): Cause {
  const found = [staffing(queue), waiting(queue, now, held), service(queue, held)];
  return found.reduce((worst, one) => (rank(one.level) > rank(worst.level) ? one : worst), CALM);
}

function staffing({ crew }: QueueNow): Cause {
  const all = crew.ready + crew.ringing + crew.talking + crew.wrap_up + crew.paused;
  if (all === 0) return { level: 'red', reason: 'no operators' };
  return crew.paused === all ? { level: 'red', reason: 'all operators paused' } : CALM;
}

function waiting(queue: QueueNow, now: number, held: Level): Cause {
  const { answerWithin, longestSince } = queue;
  const up = waitLevel(longestSince, answerWithin, now);
  const slack = waitLevel(longestSince, answerWithin, now, WAIT_SLACK);
  const level = rank(up) < rank(held) ? byRank(Math.min(rank(slack), rank(held))) : up;
  const nobody = queue.waiting > 0 && queue.crew.ready === 0;
  if (level === 'calm' && !nobody) return CALM;
  if (nobody)
    return { level: level === 'red' ? 'red' : 'amber', reason: `no free operator · ${queue.waiting} waiting` };
  return { level, reason: `wait over ${limit(level, answerWithin)}` };
}

function service({ serviceLevel, target }: QueueNow, held: Level): Cause {
  if (serviceLevel === null || serviceLevel.n < FEW) return CALM;
  const below = (points: number, level: Level) =>
    serviceLevel.value < target - points + (rank(held) >= rank(level) ? SERVICE_SLACK : 0);
  const level = below(RED_POINTS, 'red') ? 'red' : below(0, 'amber') ? 'amber' : 'calm';
  return { level, reason: level === 'calm' ? '' : `service level ${percent(serviceLevel.value)} %` };
}

/** The alarm of a queue after one more look at `now`, ms. Without a previous one the level holds at once. */
export function nextAlarm(previous: Alarm | undefined, queue: QueueNow, now: number): Alarm {
  const said = cause(queue, now, previous?.level ?? 'calm');
  if (previous === undefined) return { ...said, since: now, pending: null };
  const [held, wanted] = [rank(previous.level), rank(said.level)];
  // While a lower level waits for its five seconds, the reason of the level shown stays.
  const reason = wanted >= held && held > 0 ? said.reason : previous.reason;
  if (wanted === held) return { ...previous, reason, pending: null };
  const pending = hold(previous, said.level, now);
  if (now - pending.since < HOLD_MS) return { ...previous, reason, pending };
  const reached = pending.level === said.level ? said.reason : previous.reason;
  return { level: pending.level, reason: pending.level === 'calm' ? '' : reached, since: now, pending: null };
}

/** On the way up the lowest level seen counts, on the way down the highest: five seconds of it are certain. */
function hold({ level: held, pending }: Alarm, wanted: Level, now: number): { level: Level; since: number } {
  const up = rank(wanted) > rank(held);
  if (pending === null || rank(pending.level) > rank(held) !== up) return { level: wanted, since: now };
  const [a, b] = [rank(pending.level), rank(wanted)];
  return { level: byRank(up ? Math.min(a, b) : Math.max(a, b)), since: pending.since };
}

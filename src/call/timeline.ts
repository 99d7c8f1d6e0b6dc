// Pure. An operator's day as intervals: exactly one state at every moment, from the operator's own words (login, pause,
// wrap-up) and from what the calls say (rings, talks). Union, not sum: several queues never count a minute twice.
import type { OperatorState } from './live.js';

/** What an operator said, or what a rule said in the operator's place. Times are ms since the epoch. */
export interface PresenceChange {
  at: number;
  /** Breaks ties of one millisecond; the event's id. */
  id: string;
  event: 'login' | 'logout' | 'pause' | 'unpause' | 'wrapup' | 'wrapped';
  /** Of a pause, or of a logout by a rule (`lost`). */
  reason: string;
  /** Of a wrap-up: when it ends by itself, ms. */
  until: number | null;
  queue: string;
}

/** A ring or a talk of the operator; `endedAt` null while it lasts. */
export interface Activity {
  state: 'ringing' | 'talking';
  startedAt: number;
  endedAt: number | null;
  call: string;
  /** Empty for a call outside the queues. */
  queue: string;
}

/** One stretch in one state. */
export interface Interval {
  state: OperatorState;
  /** Of a pause; `lost` on an interval that a rule closed, because nobody else did. */
  reason: string;
  startedAt: number;
  /** Null for the state that holds now. */
  endedAt: number | null;
  call: string;
  queue: string;
}

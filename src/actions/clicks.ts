import { randomBytes } from 'node:crypto';

/**
 * sending: written down, not yet given to the PBX. sent: the PBX took it. confirmed: the dialplan said that it ran.
 * done: its effect was seen. failed: with the reason. expired: the deadline passed and nothing was seen.
 */
export type ClickState = 'sending' | 'sent' | 'confirmed' | 'done' | 'failed' | 'expired';

/** The audit row of one click: who, what, when, and what came of it. Times are ms since the epoch. */
export interface Click {
  id: string;
  userId: number;
  login: string;
  verb: string;
  /** Endpoint of the phone it is about; empty when it is about a channel of nobody's. */
  operator: string;
  /** The number called, the channel hung up, else the operator. */
  target: string;
  sentAt: number;
  /** Until then an effect must have been seen. */
  deadlineAt: number;
  state: ClickState;
  /** What the dialplan said: the result of its `click` event; empty before. */
  result: string;
  /** Why it failed, for the person who clicked. */
  error: string;
  changedAt: number;
}

/** Where clicks are written down. */
export interface ClickStore {
  save(click: Click): Promise<unknown>;
  /** Changes a row, only while its state is one of `from`: an event may have moved it on in the meantime. */
  update(
    id: string,
    change: { state: ClickState; error?: string },
    now: number,
    from: readonly ClickState[],
  ): Promise<unknown>;
  /** null: no such click. */
  find(id: string): Promise<Click | null>;
  /** Calls that a user asked for since `since` (ms), in all processes. */
  countCalls?(userId: number, since: number): Promise<number>;
}

/** An id that nobody can guess: it becomes the call's id, the ActionID and part of addresses of pages. */
export const newClickId = (): string => `c-${randomBytes(16).toString('base64url')}`;

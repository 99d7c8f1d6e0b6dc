// Pure. States, directions and outcomes as the pages write them: icon + word, colour comes third.
import type { CallNow, CallState, OperatorNow, OperatorState } from '../call/live.js';

export interface Sign {
  icon: string;
  word: string;
  /** Class of its colours; the stylesheet knows no other state. */
  css: string;
  reason?: string;
}

const STATES: Record<OperatorState, Sign> = {
  ready: { icon: 'ready', word: 'Ready', css: 'ready' },
  ringing: { icon: 'ringing', word: 'Ringing', css: 'ringing' },
  talking: { icon: 'talking', word: 'Talking', css: 'talking' },
  wrap_up: { icon: 'wrap', word: 'Wrap-up', css: 'wrap' },
  paused: { icon: 'paused', word: 'Paused', css: 'paused' },
  offline: { icon: 'offline', word: 'Offline', css: 'offline' },
};
export const STATE_ORDER = ['ready', 'ringing', 'talking', 'wrap_up', 'paused', 'offline'] as const;

/** The sign of a state as such. */
export const stateSign = (state: OperatorState): Sign => STATES[state] ?? STATES.offline;

/** The sign of an operator's state, and the reason of a pause apart: where room is scarce it is left out. */
export function operatorSign({ state, reason }: Pick<OperatorNow, 'state' | 'reason'>): Sign {
  return state === 'paused' && reason !== '' ? { ...stateSign(state), reason } : stateSign(state);
}

const CALLS: Record<CallState, Sign> = {
  dialling: { icon: 'out', word: 'Dialling', css: 'ringing' },
  waiting: { icon: 'waiting', word: 'Waiting', css: 'paused' },
  ringing: STATES.ringing,
  talking: STATES.talking,
  held: { icon: 'hold', word: 'On hold', css: 'paused' },
  parked: { icon: 'parked', word: 'Parked', css: 'paused' },
  conference: { icon: 'people', word: 'Conference', css: 'talking' },
  menu: { icon: 'menu', word: 'In a menu', css: 'paused' },
  voicemail: { icon: 'voicemail', word: 'Voicemail', css: 'paused' },
};

/** A call from outside that rings nowhere and waits in no queue yet is still on its way: in a menu, say. */
export function callSign({ state, direction }: Pick<CallNow, 'state' | 'direction'>): Sign {
  if (state === 'dialling' && direction === 'in') return { icon: 'in', word: 'Arriving', css: 'paused' };
  return CALLS[state] ?? CALLS.waiting;
}

const OUTCOMES: Record<string, string> = {
  in_progress: 'in progress',
  exit_key: 'left by a key',
  exit_empty: 'no operators left',
  join_empty: 'no operators there',
  abandoned: 'caller gave up',
  no_answer: 'no answer',
  rang_out: 'missed',
  rejected: 'rejected',
  unreachable: 'unreachable',
  caller_gone: 'caller gave up',
  answered_elsewhere: 'answered by a colleague',
  busy: 'busy',
  timeout: 'timed out',
  unrouted: 'number unknown',
  voicemail: 'left a message',
  refused: 'refused by the queue',
  failed: 'failed',
  lost: 'lost sight of',
};
/** An outcome in words; one that is not known here is shown as it is. */
export const outcomeWords = (outcome: string): string => OUTCOMES[outcome] ?? outcome.replaceAll('_', ' ');

/** The sign of how a call ended: a check for a talk, a warning for one that was lost on the way, else a plain end. */
export function outcomeSign(outcome: string): Sign {
  if (outcome === 'answered') return { icon: 'check', word: 'Answered', css: 'ready' };
  const word = outcomeWords(outcome);
  const icon = outcome === 'abandoned' || outcome === 'timeout' || outcome === 'no_answer' ? 'missed' : 'warn';
  return { icon, word: word.charAt(0).toUpperCase() + word.slice(1), css: 'offline' };
}

const MISSED = new Set(['rang_out', 'rejected', 'unreachable']);
/** Whether the operator missed the ring: not when the caller was gone or a colleague was faster (docs/words.md). */
export const isMissed = (outcome: string): boolean => MISSED.has(outcome);

/** Icon of a call of the day: in, out, internal, or missed. */
export const directionIcon = (direction: string, missed: boolean): string =>
  missed && direction === 'in' ? 'missed' : direction === 'out' ? 'out' : direction === 'in' ? 'in' : 'internal';

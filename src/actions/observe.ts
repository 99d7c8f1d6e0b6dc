// Pure. What has become of a click, from its own row and the row of the call it made: never from what was asked for.
import type { CallNow } from '../call/live.js';
import type { Click, ClickState } from './clicks.js';

/** The call a click made, as the tables hold it: `ended` once it left the realtime tables. */
export interface CallSeen {
  state: CallNow['state'] | 'ended';
  /** A word of CallOutcome; counts when it has ended. */
  outcome: string;
}

export interface Observed {
  state: ClickState;
  /** One sentence for the person who clicked. */
  text: string;
}

/** What the dialplan says when it could not. */
const RESULTS: Record<string, string> = {
  refused: 'The PBX refused it: a name or number in it is not usable.',
  no_route: 'The PBX knows no way to this number.',
  no_answer: 'Your phone was not answered.',
  busy: 'Your phone is busy or refused the call.',
  failed: 'Your phone could not be reached.',
  gone: 'The call had already ended.',
  late: 'The PBX got it too late and did nothing.',
  unreachable: 'Your phone could not be reached, or refused the call.',
  no_queue: 'There is no queue to log in to.',
  not_in_queue: 'Not logged in to any queue.',
  not_in_wrapup: 'There is no wrap-up to change: it was over already.',
  static: 'A permanent member of a queue cannot log out: its configuration says so.',
};
const OUTCOMES: Record<string, string> = {
  no_answer: 'Nobody answered.',
  busy: 'Busy.',
  rejected: 'The call was refused.',
  unreachable: 'The phone could not be reached.',
  abandoned: 'The call ended before anyone answered.',
  timeout: 'Nobody answered in time.',
  unrouted: 'The PBX knows no way to this number.',
  lost: 'The call is gone; the PBX did not say how it ended.',
};
const DONE: Record<string, string> = {
  hangup: 'Hung up.',
  login: 'Logged in.',
  logout: 'Logged out.',
  pause: 'Paused.',
  unpause: 'Ready again.',
  done: 'Wrap-up ended.',
  extend: 'Wrap-up made longer.',
};
/** What a call does once somebody, or the PBX itself, has picked it up. */
const CONNECTED: ReadonlySet<CallSeen['state']> = new Set([
  'talking',
  'held',
  'parked',
  'conference',
  'menu',
  'voicemail',
]);

/**
 * Words of a click's state. `call` is the call with the click's id, null when there is none (yet).
 * What the dialplan reported outweighs what the manager interface said: a late report is still the truth.
 */
export function observe(click: Click, call: CallSeen | null, now: number): Observed {
  if (click.result !== '' && click.result !== 'ok') {
    return { state: 'failed', text: RESULTS[click.result] ?? `The PBX said: ${click.result}.` };
  }
  const ran = click.result === 'ok' || click.state === 'confirmed' || click.state === 'done';
  if (click.verb === 'call' && (call !== null || ran)) return observeCall(click, call);
  if (ran) return { state: 'done', text: DONE[click.verb] ?? 'Done.' };
  if (click.state === 'failed') return { state: 'failed', text: click.error };
  if (click.state === 'expired' || now > click.deadlineAt) {
    return { state: 'expired', text: 'Nothing happened: the PBX took it, but no effect was seen in time.' };
  }
  return { state: click.state, text: 'On its way to the PBX.' };
}

function observeCall(click: Click, call: CallSeen | null): Observed {
  if (call?.state === 'ended') {
    if (call.outcome === 'answered') return { state: 'done', text: 'The call was answered.' };
    return { state: 'failed', text: OUTCOMES[call.outcome] ?? 'The call failed.' };
  }
  if (call !== null && CONNECTED.has(call.state)) return { state: 'done', text: 'Connected.' };
  // `ok` comes when the own phone has been picked up.
  if (click.result === 'ok') return { state: 'confirmed', text: `Calling ${click.target}.` };
  return { state: 'confirmed', text: 'Your phone rings: pick it up.' };
}

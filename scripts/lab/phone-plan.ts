// What a phone does by itself with a call that comes in.
import type { PhoneCall } from './phone-call.js';
import { header, type SipMessage } from './sip/message.js';

export type Plan =
  | { kind: 'answer'; afterMs: number }
  /** Rings until the caller gives up. */
  | { kind: 'ring' }
  | { kind: 'reject'; status: number; afterMs: number }
  /** Sends the caller on to another number at once (302). */
  | { kind: 'moved'; to: string }
  /** Dead: not even a provisional answer. */
  | { kind: 'ignore' }
  /** Answers at once without ringing, as the INVITE's headers asked. */
  | { kind: 'auto'; afterMs: number };

export const answerAfter = (afterMs: number): Plan => ({ kind: 'answer', afterMs });
export const ringOnly: Plan = { kind: 'ring' };
export const rejectWith = (status: number, afterMs = 0): Plan => ({ kind: 'reject', status, afterMs });
export const busy: Plan = rejectWith(486);
export const movedTo = (to: string): Plan => ({ kind: 'moved', to });
export const ignore: Plan = { kind: 'ignore' };

/** Carries the plan out; `later` runs something after some milliseconds unless the phone is closed before. */
export function follow(call: PhoneCall, plan: Plan, later: (ms: number, act: () => void) => void): void {
  const refuse = () => plan.kind === 'reject' && call.reject(plan.status);
  const answer = () => call.state === 'ringing' && call.answer();
  if (plan.kind === 'ignore') return;
  if (plan.kind === 'moved') call.redirect(plan.to);
  else if (plan.kind === 'auto' && plan.afterMs === 0) answer();
  else if (plan.kind === 'reject' && plan.afterMs === 0) refuse();
  else {
    call.ring();
    if (plan.kind !== 'ring') later(plan.afterMs, plan.kind === 'reject' ? refuse : answer);
  }
}

/** The plan an INVITE asks for: Call-Info answer-after, Alert-Info info=…, Answer-Mode: Auto (RFC 5373). Null when it asks for none. */
export function autoAnswer(invite: SipMessage): Plan | null {
  const after = /answer-after\s*=\s*(\d+)/i.exec(header(invite, 'Call-Info'))?.[1];
  if (after !== undefined) return { kind: 'auto', afterMs: Number(after) * 1000 };
  const alert = /info\s*=\s*"?(alert-autoanswer|auto-answer)/i.test(header(invite, 'Alert-Info'));
  return alert || /^auto/i.test(header(invite, 'Answer-Mode')) ? { kind: 'auto', afterMs: 0 } : null;
}

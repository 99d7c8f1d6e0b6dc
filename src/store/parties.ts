// Who is on the other side: names, and how long the caller had waited.
import { type Client, digitsOf } from './clients.js';
import { type CallRow, type LegRow, type Live, pairOf } from './live-rows.js';

/** What keeps an operator busy. */
export interface Busy {
  state: 'ringing' | 'talking';
  since: number;
  call: CallRow;
  leg: LegRow;
}

/** The client a number belongs to. */
export const clientOf = (live: Live, number: string): Client | undefined => live.clients.get(digitsOf(number));

/**
 * The other side of a call as one operator sees it: whom the operator talks with, which after a transfer is neither the one who
 * called nor the number that was dialled; before a talk, the one who calls.
 */
export function partyOf(call: CallRow, operator: string, live: Live): { number: string; name: string; vip: boolean } {
  const before = call.operator === operator ? call.dialled : call.caller_number;
  const number = live.talks.get(pairOf(call.call_id, operator)) || leftBehind(call, operator, live) || before;
  const client = clientOf(live, number);
  const said = number === call.caller_number ? call.caller_name : '';
  return { number, name: client?.name ?? (colleague(call, number, live) || said), vip: client?.vip ?? false };
}

/** Who is still there of a call whose beginner has handed the other side on: that one is offered, not who called. */
function leftBehind(call: CallRow, operator: string, live: Live): string {
  const legs = live.legs.get(call.call_id) ?? [];
  if (!legs.some((leg) => leg.role === 'caller' && leg.ended_at !== null)) return '';
  const here = legs.findLast((leg) => leg.ended_at === null && leg.answered_at !== null && leg.operator !== operator);
  return here === undefined ? '' : here.operator || here.dialled;
}

/** An operator's name, for a number from inside: what the phone's own name is set to at the PBX matters less. */
export const colleague = (call: CallRow, number: string, live: Live): string =>
  call.direction === 'in' && number === call.caller_number
    ? ''
    : (live.names.get(number) ?? live.named.operators.get(number)?.name ?? '');

/** How long the caller waited in the queue that an operator answered, ms; null for any other call. */
export function waitedFor({ call, leg }: Busy, operator: string, live: Live): number | null {
  const own = live.answered.get(call.call_id)?.filter((visit) => visit.operator === operator) ?? [];
  const visit = leg.queue === '' ? undefined : own.findLast((one) => one.queue === leg.queue);
  return visit === undefined || visit.wait_ms === null ? null : Number(visit.wait_ms);
}

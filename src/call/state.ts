// Pure. What a call that still runs is doing right now.
import type { Call, Step } from './call.js';

export interface LiveState {
  state: 'dialling' | 'waiting' | 'ringing' | 'talking' | 'held' | 'parked' | 'conference' | 'menu';
  /** Since when, ms. */
  since: number;
  queue: string;
}

/** A slot or a room beats a talk, a talk beats a wait, a wait beats a ring: the state a supervisor would name. */
export function liveState(call: Call): LiveState {
  const lasting = (kind: Step['step']) => call.steps.findLast((s) => s.step === kind && s.endedAt === null);
  const parked = lasting('park');
  if (parked) return { state: 'parked', since: parked.startedAt, queue: '' };
  const room = lasting('conference');
  if (room) return { state: 'conference', since: room.startedAt, queue: '' };
  const talk = call.talks.findLast((t) => t.endedAt === null);
  if (talk) {
    const queue = call.talks.find((t) => t.endedAt === null && t.queue)?.queue ?? '';
    const hold = lasting('hold');
    if (hold && hold.startedAt >= talk.startedAt) return { state: 'held', since: hold.startedAt, queue };
    return { state: 'talking', since: talk.startedAt, queue };
  }
  const visit = call.visits.findLast((v) => v.outcome === 'in_progress');
  if (visit) return { state: 'waiting', since: visit.enteredAt, queue: visit.queue };
  const ring = call.legs.findLast((l) => l.role !== 'caller' && l.endedAt === null && l.answeredAt === null);
  if (ring) return { state: 'ringing', since: ring.startedAt, queue: '' };
  const outside = talkOutside(call);
  if (outside !== null) return { state: 'talking', since: outside, queue: '' };
  const menu = lasting('menu');
  if (menu) return { state: 'menu', since: menu.startedAt, queue: '' };
  return { state: 'dialling', since: call.startedAt, queue: '' };
}

/** Since when two people outside talk over our lines: forwarded or transferred there, no operator is left in it. */
function talkOutside({ legs, steps }: Call): number | null {
  const here = legs.filter((leg) => leg.endedAt === null && (leg.role === 'caller' || leg.answeredAt !== null));
  const far = here.findLast((leg) => leg.role === 'trunk');
  if (far === undefined || here.length < 2) return null;
  const moved = steps.filter((s) => s.step === 'transfer').map((s) => s.endedAt ?? s.startedAt);
  return Math.max(far.answeredAt ?? far.startedAt, ...moved);
}

/** The channel that ends the whole call when it is hung up: the caller's leg, else any that still lives. */
export function mainChannel(call: Call): string {
  const live = call.legs.filter((leg) => leg.endedAt === null);
  return (live.find((leg) => leg.role === 'caller') ?? live[0])?.channel ?? '';
}

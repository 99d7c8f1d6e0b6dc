// Pure. The words for how a ring, a visit and a call ended: one table of causes, one rule each.
import type { CallOutcome, OfferOutcome, VisitOutcome } from './call.js';
import type { ChannelFacts, DialFacts, VisitFacts } from './facts.js';

/** Q.850 causes by which Asterisk says that the person refused: 17 user busy (486), 21 call rejected (603). */
const REJECTED = new Set([17, 21]);
/** … and that the device could not be reached: unallocated, no route, subscriber absent, network or channel trouble. */
const UNREACHABLE = new Set([1, 2, 3, 5, 18, 20, 22, 27, 28, 34, 38, 41, 42, 44, 58, 66, 79, 88, 102]);
/** Answered elsewhere: the loser of a ring-all (RFC 3326 Reason on the CANCEL). */
const ELSEWHERE = 26;
/** How far apart the two hangup handlers of one hangup may stamp it, ms: a server that hangs holds a handler up to its bound. */
export const ONE_HANGUP = 2500;
/** How long before an answer the other rings may end where no cause 26 tells, ms. */
const ONE_ANSWER = 300;

/** Another ring of the same round, and when its caller gave up; what decides between rang_out and the rest. */
export interface RingContext {
  /** When somebody else of the same visit or Dial answered; null if nobody did. */
  answeredAt: number | null;
  /** When the caller gave up before an answer; null if not. */
  gaveUpAt: number | null;
}

/** How one ring of one device ended. */
export function ringOutcome(ring: ChannelFacts, context: RingContext): OfferOutcome {
  if (ring.answeredAt !== null) return 'answered';
  if (ring.endedAt === null) return 'in_progress';
  if (ring.cause === ELSEWHERE) return 'answered_elsewhere';
  if (ring.cause !== null && REJECTED.has(ring.cause)) return 'rejected';
  if (ring.lost) return 'caller_gone';
  if (ring.cause !== null && UNREACHABLE.has(ring.cause)) return 'unreachable';
  if (neverReplied(ring)) return 'unreachable';
  if (rangThrough(ring, context.answeredAt)) return 'answered_elsewhere';
  if (near(ring.endedAt, context.gaveUpAt, ONE_HANGUP)) return 'caller_gone';
  return 'rang_out';
}

/** A SIP phone that rang out has at least said 180: cause 0 without any SIP answer is a phone that is not there. */
const neverReplied = (ring: ChannelFacts) => ring.cause === 0 && ring.tech === '' && ring.channel.startsWith('PJSIP/');

/** A phone that still rang when another one answered was not let ring, however late its end is told. */
const rangThrough = ({ openedAt, endedAt }: ChannelFacts, answeredAt: number | null): boolean =>
  answeredAt !== null && openedAt <= answeredAt && (endedAt ?? answeredAt) >= answeredAt - ONE_ANSWER;

const near = (a: number, b: number | null, ms: number) => b !== null && Math.abs(a - b) <= ms;

/** QUEUESTATUS, as app_queue sets it, to our word. */
const QUEUE_STATUS: Record<string, VisitOutcome> = {
  TIMEOUT: 'timeout',
  FULL: 'full',
  JOINEMPTY: 'join_empty',
  JOINUNAVAIL: 'join_empty',
  LEAVEEMPTY: 'exit_empty',
  LEAVEUNAVAIL: 'exit_empty',
  WITHDRAW: 'withdrawn',
  // Not of app_queue: the fold's own word for a visit whose channel went on without a leave.
  MOVED: 'moved',
};

/** How a visit ended. `callerEndedAt` closes a visit whose Queue() never returned to the dialplan: the caller hung up. */
export function visitOutcome(
  visit: VisitFacts,
  answered: boolean,
  callerEndedAt: number | null,
  lost: boolean,
): VisitOutcome {
  if (answered) return 'answered';
  if (visit.leftAt !== null) {
    const word = QUEUE_STATUS[visit.status.toUpperCase()];
    if (word) return word;
    return visit.key ? 'exit_key' : 'withdrawn';
  }
  if (callerEndedAt === null) return 'in_progress';
  return lost ? 'withdrawn' : 'abandoned';
}

/** How a Dial() without a talk ended, from DIALSTATUS and its cause. */
export function dialOutcome(dial: DialFacts | undefined, callerStatus: string): CallOutcome | null {
  const status = (dial?.status || callerStatus).toUpperCase();
  switch (status) {
    case 'BUSY':
      return 'busy';
    case 'NOANSWER':
      return 'no_answer';
    case 'CANCEL':
      return 'abandoned';
    case 'CONGESTION':
      return 'unreachable';
    case 'CHANUNAVAIL':
      // Asterisk says CHANUNAVAIL for a 603 too: the cause tells the person's refusal from a dead line.
      return dial?.cause === 21 ? 'rejected' : 'unreachable';
    default:
      return null;
  }
}

/** How a call without a talk ended by its last visit. */
export function callOutcomeOfVisit(visit: VisitOutcome): CallOutcome | null {
  if (visit === 'abandoned') return 'abandoned';
  if (visit === 'timeout') return 'timeout';
  if (visit === 'full' || visit === 'join_empty' || visit === 'closed') return 'refused';
  return visit === 'in_progress' ? null : 'no_answer';
}

/** How a click ended whose operator never picked up, by the ring of the operator's own phone. */
export function callOutcomeOfRing(ring: OfferOutcome): CallOutcome | null {
  if (ring === 'rejected') return 'rejected';
  if (ring === 'unreachable') return 'unreachable';
  return ring === 'rang_out' || ring === 'caller_gone' ? 'no_answer' : null;
}

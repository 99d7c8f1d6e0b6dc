// Pure. How each ring of a story ended: whose it was, who rang beside it in the same round, and whether the caller gave up.
import { diallerOf } from './bridges.js';
import type { OfferOutcome, Visit } from './call.js';
import type { ChannelFacts, DialFacts, Facts } from './facts.js';
import { ONE_HANGUP, type RingContext, ringOutcome } from './outcome.js';
import type { Shape } from './shape.js';

/** Says of a channel that was rung how its ring ended. */
export type JudgeRing = (channel: ChannelFacts) => OfferOutcome;

/** One Dial(), and who answered it. */
interface Round {
  dialler: ChannelFacts | undefined;
  dial: DialFacts | undefined;
  answered: ChannelFacts[];
  /** Whether the dialler dialled or waited once more after this one. */
  wentOn: boolean;
}

/** The judge of a story's rings; `visits` are the story's, judged. */
export function judgeOfRings(facts: Facts, shape: Shape, visits: readonly Visit[]): JudgeRing {
  const roundOf = roundsOf(facts, shape);
  return (channel) => {
    // A phone that sent the call on missed nothing, and its own ring is over.
    if (channel.answeredAt === null && sentOn(facts, channel)) return 'answered_elsewhere';
    const visit = channel.queue === '' ? undefined : visits[visitOf(channel, visits)];
    return ringOutcome(channel, visit ? inQueue(visit) : inRound(channel, roundOf(channel)));
  };
}

/** Index of the visit during which a queue rang this channel; -1 when the queue's entry was never reported. */
export function visitOf(channel: ChannelFacts, visits: readonly { queue: string; enteredAt: number }[]): number {
  return visits.findLastIndex((v) => v.queue === channel.queue && v.enteredAt <= channel.openedAt);
}

/** Visits that ended on the caller's side: a phone that rang just then was not let ring by anybody. */
const CALLER_LEFT = new Set(['abandoned', 'exit_key', 'moved', 'withdrawn']);

const inQueue = (visit: Visit): RingContext => ({
  answeredAt: visit.answeredAt,
  gaveUpAt: CALLER_LEFT.has(visit.outcome) ? visit.leftAt : null,
});

const inRound = (channel: ChannelFacts, round: Round): RingContext => ({
  answeredAt: round.answered.find((c) => c.uniqueid !== channel.uniqueid)?.answeredAt ?? null,
  gaveUpAt: gaveUpAt(round),
});

/**
 * Sorts the rings outside the queues by the Dial() that made them. One channel dials again and again: after a forward, or when
 * it was transferred, and who answered an earlier Dial() says nothing of a later one.
 */
function roundsOf(facts: Facts, shape: Shape): (channel: ChannelFacts) => Round {
  const dialsOf = new Map<string, DialFacts[]>();
  for (const dial of shape.dials) {
    const own = dialsOf.get(dial.uniqueid);
    if (own) own.push(dial);
    else dialsOf.set(dial.uniqueid, [dial]);
  }
  const rounds = new Map<DialFacts | ChannelFacts | undefined, Round>();
  const roundOf = (channel: ChannelFacts): Round => {
    const dialler = diallerOf(channel, facts, shape);
    const dial = dialsOf.get(dialler?.uniqueid ?? '')?.findLast((d) => d.at <= channel.openedAt);
    const round = rounds.get(dial ?? dialler) ?? { dialler, dial, answered: [], wentOn: wentOn(dial, facts) };
    rounds.set(dial ?? dialler, round);
    return round;
  };
  for (const channel of shape.people)
    if (channel !== shape.caller && channel.queue === '' && channel.answeredAt !== null)
      roundOf(channel).answered.push(channel);
  return roundOf;
}

/**
 * When the one who dialled gave up while a Dial() rang; null if an answer came, the dialler still lives, or Dial() came back by
 * itself. Then its `dialed` event says how; where no hook stands behind a Dial() (FreePBX), the next thing that the dialler did
 * says it, and at last DIALSTATUS at its end.
 */
function gaveUpAt({ dialler, dial, answered, wentOn }: Round): number | null {
  if (answered.length > 0 || wentOn || !dialler || dialler.lost) return null;
  const status = dial?.status || dialler.dialstatus;
  return status === '' || status === 'CANCEL' ? dialler.endedAt : null;
}

const wentOn = (dial: DialFacts | undefined, { dials, visits }: Facts): boolean =>
  dial !== undefined &&
  (dials.some((d) => d.uniqueid === dial.uniqueid && d.at > dial.at) ||
    visits.some((v) => v.uniqueid === dial.uniqueid && v.enteredAt > dial.at));

/** Whether the phone sent just this ring on (302): it may ring again later in the same call. */
const sentOn = (facts: Facts, { endpoint, openedAt, endedAt }: ChannelFacts): boolean =>
  endedAt !== null &&
  facts.steps.some((s) => {
    const own = s.step === 'forward' && s.outcome === 'phone' && s.detail === endpoint;
    return own && s.startedAt >= openedAt && s.startedAt <= endedAt + ONE_HANGUP;
  });

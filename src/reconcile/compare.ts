// Pure. What our tables believe to be alive against what the PBX has.

/** A channel that the tables hold as open; `startedAt` in ms by our record. */
export interface OpenChannel {
  call: string;
  pbx: string;
  uniqueid: string;
  channel: string;
  startedAt: number;
}

/** Uniqueids that the last look missed, and when they were missed first, ms. */
export type Missed = ReadonlyMap<string, number>;

export interface Comparison {
  lost: OpenChannel[];
  /** For the next look. */
  missed: Missed;
}

/** A younger channel may be on its way to the PBX's list, or its end on its way to our tables. */
const YOUNG_MS = 10_000;
/** Two looks must lie this far apart to count as two: after a reconnect they may come close together. */
const APART_MS = 5_000;

/**
 * A channel is lost when it is older than 10 s and the PBX did not have it in two looks in a row. `present` are the
 * uniqueids of the PBX now. What is found lost starts anew: if it is still open after two more looks, it is found again.
 */
export function compare(
  open: readonly OpenChannel[],
  present: ReadonlySet<string>,
  before: Missed,
  now: number,
): Comparison {
  const lost: OpenChannel[] = [];
  const missed = new Map<string, number>();
  for (const channel of open) {
    if (present.has(channel.uniqueid) || now - channel.startedAt <= YOUNG_MS) continue;
    const since = before.get(channel.uniqueid);
    if (since !== undefined && now - since >= APART_MS) lost.push(channel);
    else missed.set(channel.uniqueid, since ?? now);
  }
  return { lost, missed };
}

// Pure. What our tables believe to be alive against what the PBX has, in both directions.
import { tiesAt } from '../call/link.js';
import type { ChannelNow } from './channels.js';
import { type Sightings, twice } from './twice.js';

/** A channel that the tables hold as open; `startedAt` in ms by our record. */
export interface OpenChannel {
  call: string;
  pbx: string;
  uniqueid: string;
  channel: string;
  startedAt: number;
}

/** Uniqueids that the last look missed, and when they were missed first, ms. */
export type Missed = Sightings;

export interface Comparison {
  lost: OpenChannel[];
  /** For the next look. */
  missed: Missed;
}

/** A younger channel may be on its way to the PBX's list, or its end on its way to our tables. */
const YOUNG_MS = 10_000;

/**
 * A channel is lost when it is older than 10 s and the PBX did not have it in two looks in a row. `present` are the
 * uniqueids of the PBX now.
 */
export function compare(
  open: readonly OpenChannel[],
  present: ReadonlySet<string>,
  before: Missed,
  now: number,
): Comparison {
  const gone = open.filter((channel) => !present.has(channel.uniqueid) && now - channel.startedAt > YOUNG_MS);
  const { sure, seen } = twice(gone, (channel) => channel.uniqueid, before, now);
  return { lost: sure, missed: seen };
}

/**
 * Channels that are no person's: halves of Local channels (ours carry clicks, wrap-ups and lines; a site's own lead to a device
 * whose channel is in the list too), the voices and recorders of conferences, and what a masquerade leaves behind.
 */
const PLUMBING = /^(Local|Message|Bridge|CBAnn|CBRec|Announcer|Recorder|Surrogate|AsyncGoto)\/|<(ZOMBIE|MASQ)>$/;
const isPerson = (channel: ChannelNow): boolean => !PLUMBING.test(channel.channel);

/** Channels older than 10 s that may be strangers: whose uniqueids are worth a question to the tables. */
export const grown = (channels: readonly ChannelNow[]): ChannelNow[] =>
  channels.filter((channel) => isPerson(channel) && (channel.age ?? 0) > YOUNG_MS);

/**
 * Channels of which the PBX says that they are of one story (they share a linkedid), while the tables hold them in several: an
 * attended transfer, a retrieve or a pickup happened and nobody said so.
 */
export function torn(channels: readonly ChannelNow[], open: readonly OpenChannel[], now: number): ChannelNow[] {
  const story = new Map(open.map((one) => [one.uniqueid, one.call]));
  const groups = new Map<string, ChannelNow[]>();
  for (const channel of channels) {
    if (!tiesAt(channel.linkedid, now) || !isPerson(channel) || !story.has(channel.uniqueid)) continue;
    const group = groups.get(channel.linkedid);
    if (group) group.push(channel);
    else groups.set(channel.linkedid, [channel]);
  }
  return [...groups.values()].filter((group) => new Set(group.map((one) => story.get(one.uniqueid))).size > 1).flat();
}

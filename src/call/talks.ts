// Pure. Who talked with whom, from when to when, and who left first.
import type { Talk } from './call.js';
import type { ChannelFacts, Facts } from './facts.js';
import type { Shape } from './shape.js';

/** The talks of a call: one for each answered leg and each operator in it. */
export function toTalks(facts: Facts, shape: Shape): Talk[] {
  return shape.people
    .filter((channel) => channel !== shape.caller && channel.answeredAt !== null)
    .flatMap((channel) => talksOf(channel, facts, shape));
}

/** The talk of one answered leg: one row for each operator in it. */
function talksOf(channel: ChannelFacts, facts: Facts, shape: Shape): Talk[] {
  const startedAt = channel.answeredAt ?? channel.openedAt;
  const other = otherSide(channel, startedAt, shape);
  const common = {
    hold: 0,
    queue: channel.queue,
    uniqueid: channel.uniqueid,
    startedAt,
    endedAt: talkEnd(channel, other),
  };
  const talks: Talk[] = [];
  const outside = shape.trunks.has(channel.endpoint);
  if (!outside) {
    const party = nameOf(other, facts, shape);
    talks.push({ ...common, operator: channel.endpoint, party, endedBy: leftFirst(channel, other) });
  }
  // The operator who placed the call talks too; on an internal call both sides are operators.
  const own = facts.started?.endpoint ?? '';
  if (own !== '' && other === shape.caller) {
    const party = nameOf(channel, facts, shape);
    talks.push({ ...common, operator: own, party, queue: '', endedBy: leftFirst(other, channel) });
  }
  return talks;
}

/** With whom a leg talks: the caller, or, when the caller has handed over and left, whoever was still there. */
function otherSide(channel: ChannelFacts, from: number, shape: Shape): ChannelFacts | undefined {
  const there = (c: ChannelFacts | undefined) => c !== undefined && (c.endedAt === null || c.endedAt >= from);
  if (!shape.caller || there(shape.caller)) return shape.caller;
  const left = shape.people.filter((c) => c !== channel && c !== shape.caller && c.answeredAt !== null && there(c));
  return left.at(-1) ?? shape.caller;
}

/** The number or the endpoint by which the other side of a talk is known. */
function nameOf(side: ChannelFacts | undefined, facts: Facts, shape: Shape): string {
  if (side && side !== shape.caller) {
    if (!shape.trunks.has(side.endpoint)) return side.endpoint;
    return facts.dials.findLast((dial) => dial.at <= side.openedAt)?.to || facts.started?.to || '';
  }
  return facts.started?.from || facts.started?.endpoint || (side?.endpoint ?? '');
}

/** A talk ends when the first of its two sides leaves; both say so within milliseconds of each other. */
function talkEnd(channel: ChannelFacts, caller: ChannelFacts | undefined): number | null {
  const begun = channel.answeredAt ?? 0;
  // A caller who left before this talk began was not in it: somebody else's transfer made it.
  const ends = [channel.endedAt, caller?.endedAt ?? null].filter((at) => at !== null && at >= begun) as number[];
  return ends.length === 0 ? null : Math.min(...ends);
}

/** Within this both sides of a talk end by one hangup, ms; a side that lives longer was left behind: a transfer. */
const TOGETHER = 2500;

/** Who of a bridge's two sides left first, from their ends and from what either handler saw as the source of the hangup. */
function leftFirst(operator: ChannelFacts | undefined, party: ChannelFacts | undefined): Talk['endedBy'] {
  const [own, other] = [operator?.endedAt ?? null, party?.endedAt ?? null];
  if (own === null && other === null) return '';
  if (own !== null && (other === null || other - own > TOGETHER)) return 'operator';
  if (other !== null && (own === null || own - other > TOGETHER)) return 'party';
  const by = operator?.by || party?.by || '';
  if (by !== '' && by === operator?.channel) return 'operator';
  if (by !== '' && by === party?.channel) return 'party';
  return 'system';
}

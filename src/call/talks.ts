// Pure. Who talked with whom, from when to when, who held and who left first.
import { type Edge, type Meeting, meetingsOf } from './bridges.js';
import type { Step, Talk } from './call.js';
import type { ChannelFacts, Facts } from './facts.js';
import { operatorOf, type Shape } from './shape.js';

/** The talks of a story: one row for each operator in a meeting, the one who was called first. */
export function toTalks(facts: Facts, shape: Shape, edges: readonly Edge[], steps: readonly Step[]): Talk[] {
  const talks = meetingsOf(edges, shape).flatMap((meeting) => talksOf(meeting, facts, shape, edges, steps));
  return [...talks, ...inRooms(shape, steps)].sort((a, b) => a.startedAt - b.startedAt);
}

function talksOf(meeting: Meeting, facts: Facts, shape: Shape, edges: readonly Edge[], steps: readonly Step[]): Talk[] {
  const talks: Talk[] = [];
  const hold = holdOf(meeting, edges, steps);
  for (const [own, other] of [
    [meeting.b, meeting.a],
    [meeting.a, meeting.b],
  ] as const) {
    const operator = operatorOf(own, facts, shape);
    if (operator === '') continue;
    talks.push({
      operator,
      party: nameOf(other, facts, shape),
      // The queue that rang the operator; who was handed a caller later was not sent by a queue.
      queue: own.answeredAt === meeting.from || own === meeting.b ? own.queue : '',
      uniqueid: own.uniqueid,
      startedAt: meeting.from,
      endedAt: meeting.until,
      hold,
      endedBy: endedBy(own, other, meeting, facts, edges),
    });
  }
  return talks;
}

/** The number or the endpoint by which the other side of a talk is known. */
function nameOf(side: ChannelFacts, facts: Facts, shape: Shape): string {
  const began = [...facts.calls.values()].find((call) => call.started?.uniqueid === side.uniqueid)?.started;
  if (began) return began.from || began.endpoint;
  if (side === shape.caller) return shape.root.started?.from || side.endpoint;
  if (!shape.trunks.has(side.endpoint)) return side.endpoint || (shape.root.found?.from ?? '');
  const dials = facts.dials.filter((dial) => dial.at <= side.openedAt);
  const dial = dials.findLast((d) => d.uniqueid === side.dialler) ?? dials.at(-1);
  return dial?.to || shape.root.started?.to || '';
}

/** Within this both sides of a talk end by one hangup, ms; a side that lives longer was left behind. */
const TOGETHER = 2500;
/** Who is known to have been handed on needs to live only so much longer, ms. */
const OUTLIVES = 1000;

/** Who left first, from the ends of both sides and from what either handler saw as the source of the hangup. */
function endedBy(
  own: ChannelFacts,
  other: ChannelFacts,
  meeting: Meeting,
  facts: Facts,
  edges: readonly Edge[],
): Talk['endedBy'] {
  const at = meeting.until;
  if (at === null) return '';
  if (meeting.moved) return 'transfer';
  const went = [own, other].some((side) => side.handedOn && side.endedAt === at);
  if (went) return 'transfer';
  const stays = (side: ChannelFacts) => side.endedAt === null || side.endedAt - at > TOGETHER;
  // Behind a Local channel it is the Local half that is handed on, and the caller only notices another voice.
  const outlives = (side: ChannelFacts) => side.endedAt === null || side.endedAt - at > OUTLIVES;
  const staying = [own, other].filter(outlives).map((side) => side.uniqueid);
  const handedOn = (id: string) =>
    facts.splits.some((s) => s.uniqueid === id && Math.abs(s.at - at) <= TOGETHER) ||
    edges.some((e) => (e.a === id || e.b === id) && e.from >= at && e.from - at <= TOGETHER);
  if (staying.length > 0 && [...staying, ...meeting.via].some(handedOn)) return 'transfer';
  if (stays(other) && !stays(own)) return 'operator';
  if (stays(own) && !stays(other)) return 'party';
  const by = own.by || other.by;
  if (by !== '' && by === own.channel) return 'operator';
  if (by !== '' && by === other.channel) return 'party';
  return 'system';
}

/** Milliseconds of a meeting during which one of the two held the other, or was away consulting. */
function holdOf(meeting: Meeting, edges: readonly Edge[], steps: readonly Step[]): number {
  const ids = [meeting.a.uniqueid, meeting.b.uniqueid];
  // Whom an operator held before holds nobody whom the operator consults meanwhile.
  const held = steps.filter((s) => s.step === 'hold' && ids.includes(s.uniqueid) && s.startedAt >= meeting.from);
  const away = edges.filter((e) => e.consult && meeting.from < e.from && ids.includes(e.a));
  const stretches = [
    ...held.map((s) => ({ from: s.startedAt, until: s.endedAt })),
    ...away.map((e) => ({ from: e.from, until: e.until })),
  ];
  return covered(stretches, meeting.from, meeting.until);
}

/** How much of a window some stretches cover, each moment once, ms. An open stretch of an open window counts for nothing yet. */
function covered(
  stretches: readonly { from: number; until: number | null }[],
  from: number,
  until: number | null,
): number {
  let sum = 0;
  let reached = from;
  for (const stretch of [...stretches].sort((a, b) => a.from - b.from)) {
    const end = Math.min(stretch.until ?? until ?? reached, until ?? stretch.until ?? reached);
    const begin = Math.max(stretch.from, reached);
    if (end <= begin) continue;
    sum += end - begin;
    reached = end;
  }
  return sum;
}

/** In a conference an operator talks with the room. */
function inRooms(shape: Shape, steps: readonly Step[]): Talk[] {
  return steps
    .filter((step) => step.step === 'conference' && step.operator !== '')
    .map((stay) => {
      const channel = shape.channels.get(stay.uniqueid);
      const left = channel?.endedAt != null && stay.endedAt !== null && channel.endedAt - stay.endedAt <= TOGETHER;
      const own = left && channel.by === channel.channel;
      return {
        operator: stay.operator,
        party: stay.what,
        queue: '',
        uniqueid: stay.uniqueid,
        startedAt: stay.startedAt,
        endedAt: stay.endedAt,
        hold: 0,
        endedBy: stay.endedAt === null ? '' : own ? 'operator' : 'system',
      };
    });
}

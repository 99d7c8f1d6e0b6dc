// Pure. Who talked with whom, from when to when, who held and who left first.
import type { Edge, Meeting } from './bridges.js';
import type { Step, Talk } from './call.js';
import { type ChannelFacts, type Facts, namedFirst } from './facts.js';
import { operatorOf, type Shape } from './shape.js';
import { covered, meet, type Stretch } from './stretches.js';

/** The talks of a story: one row for each operator in a meeting, the one who was called first. */
export function toTalks(
  facts: Facts,
  shape: Shape,
  { edges, meetings, steps }: { edges: readonly Edge[]; meetings: readonly Meeting[]; steps: readonly Step[] },
): Talk[] {
  const talks = meetings.flatMap((meeting) => talksOf(meeting, facts, shape, edges, steps));
  return [...talks, ...inRooms(shape, steps, edges)].sort((a, b) => a.startedAt - b.startedAt);
}

function talksOf(meeting: Meeting, facts: Facts, shape: Shape, edges: readonly Edge[], steps: readonly Step[]): Talk[] {
  const talks: Talk[] = [];
  const hold = holdOf(meeting, facts, shape, edges, steps);
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
  const dials = shape.dials.filter((dial) => dial.at <= side.openedAt);
  const dial = dials.findLast((d) => d.uniqueid === side.dialler) ?? dials.at(-1);
  return dial?.to || shape.root.started?.to || '';
}

/** Within this both sides of a talk end by one hangup, ms; a side that lives longer was left behind. */
const TOGETHER = 2500;

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
  if ([own, other].some((side) => side.handedOn && side.endedAt === at)) return 'transfer';
  // Behind a Local channel it is the Local half that is handed on, and the caller only notices another voice.
  const goesOn = (id: string) =>
    facts.splits.some((s) => s.uniqueid === id && s.at > meeting.from && Math.abs(s.at - at) <= TOGETHER) ||
    edges.some((e) => (e.a === id || e.b === id) && e.from >= at && e.from - at <= TOGETHER);
  if ([own.uniqueid, other.uniqueid, ...meeting.via].some(goesOn)) return 'transfer';
  const stays = (side: ChannelFacts) => side.endedAt === null || side.endedAt - at > TOGETHER;
  if (stays(other) && !stays(own)) return 'operator';
  if (stays(own) && !stays(other)) return 'party';
  const by = namedFirst(own.by, other.by);
  if (by !== '' && by === own.channel) return 'operator';
  if (by !== '' && by === other.channel) return 'party';
  return 'system';
}

/** Milliseconds of a meeting during which one of the two held the other, or was away consulting. */
function holdOf(meeting: Meeting, facts: Facts, shape: Shape, edges: readonly Edge[], steps: readonly Step[]): number {
  const ids = [meeting.a.uniqueid, meeting.b.uniqueid];
  // Whom an operator held before holds nobody whom the operator consults meanwhile.
  const held = steps.filter((s) => s.step === 'hold' && ids.includes(s.uniqueid) && s.startedAt >= meeting.from);
  const away = edges.filter((e) => e.consult && meeting.from < e.from && ids.includes(e.a));
  const told = [
    ...held.map((s) => ({ from: s.startedAt, until: s.endedAt })),
    ...away.map((e) => ({ from: e.from, until: e.until })),
  ];
  const unheard = elsewhere(meeting, facts, shape).filter((one) => !told.some((other) => meet(one, other)));
  return covered([...told, ...unheard], meeting.from, meeting.until);
}

/**
 * A phone that calls, or answers, on a second line makes the first one wait, whether anybody told of the hold or not: only
 * the manager interface tells, and may have been away.
 */
function elsewhere(meeting: Meeting, facts: Facts, shape: Shape): Stretch[] {
  return [meeting.a, meeting.b].flatMap((side) => {
    const operator = operatorOf(side, facts, shape);
    if (operator === '') return [];
    return shape.people
      .filter((c) => c !== side && c !== meeting.a && c !== meeting.b && operatorOf(c, facts, shape) === operator)
      .map((c) => ({ from: c.met === 'call' ? c.openedAt : c.answeredAt, until: c.endedAt }))
      .filter((one): one is Stretch => one.from !== null && one.from > meeting.from);
  });
}

/** In a conference an operator talks with the room. */
function inRooms(shape: Shape, steps: readonly Step[], edges: readonly Edge[]): Talk[] {
  return steps
    .filter((step) => step.step === 'conference' && step.operator !== '')
    .map((stay) => ({ ...stay, endedAt: untilNextTalk(stay, edges) }))
    .filter((stay) => stay.endedAt === null || stay.endedAt > stay.startedAt)
    .filter((stay) => shape.people.some((c) => c.uniqueid === stay.uniqueid))
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
        endedBy: stay.endedAt === null ? '' : left && channel.handedOn ? 'transfer' : own ? 'operator' : 'system',
      };
    });
}

/** A stay ends at the latest when its channel is put together with somebody. */
function untilNextTalk(stay: Step, edges: readonly Edge[]): number | null {
  const next = edges.find((e) => (e.a === stay.uniqueid || e.b === stay.uniqueid) && e.from >= stay.startedAt);
  if (!next) return stay.endedAt;
  return stay.endedAt === null ? next.from : Math.min(stay.endedAt, next.from);
}

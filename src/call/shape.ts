// Pure. Who is who among the channels of a story.
import { type Beginning, type ChannelFacts, type DialFacts, type Facts, rootOf, type VisitFacts } from './facts.js';

/** Who is who among the channels of a story. */
export interface Shape {
  root: Beginning;
  /** Channels that a person or a trunk holds: all but Local plumbing. */
  people: ChannelFacts[];
  /** Every channel by its uniqueid, people as they stand in `people`. */
  channels: Map<string, ChannelFacts>;
  /** The other half of each Local channel, by uniqueid. */
  pipes: Map<string, ChannelFacts>;
  /** The leg that started the story; for a click, the operator's own phone. */
  caller: ChannelFacts | undefined;
  /** The channel the dialplan ran on as the caller: the caller's leg, or the Local channel of a click. */
  main: ChannelFacts | undefined;
  trunks: Set<string>;
  /** As the facts tell them; one whose channel was taken over goes on with the channel that took it. */
  visits: VisitFacts[];
  /** As the facts tell them; one that rang when its channel was taken over is there again, as the taker's own. */
  dials: DialFacts[];
}

export const isLocal = (channel: ChannelFacts) => channel.channel.startsWith('Local/');

/** Finds them. */
export function shapeOf(facts: Facts): Shape {
  const root = rootOf(facts);
  const all = [...facts.channels.values()];
  const main = mainOf(all, root);
  const pipes = pipesOf(all);
  const rung = behindOffers(all, pipes);
  const heirs = heirsOf(all);
  const channels = new Map(facts.channels);
  for (const channel of all) {
    const offer = rung.get(channel.uniqueid);
    const heir = heirs.get(channel.dialler);
    const late = heir && (channel.answeredAt ?? channel.endedAt ?? heir.at) >= heir.at;
    const changed = { queue: channel.queue || (offer?.queue ?? ''), dialler: late ? heir.uniqueid : channel.dialler };
    const known = offer || late ? { ...channel, ...changed } : channel;
    channels.set(channel.uniqueid, withoutLateAnswer(forwardInTime(known), main, facts.channels));
  }
  const people = [...channels.values()].filter((channel) => !isLocal(channel));
  const own = root.started?.endpoint ?? '';
  const caller =
    main && isLocal(main)
      ? people.find((c) => c.endpoint === own && own !== '')
      : people.find((c) => c.uniqueid === main?.uniqueid);
  const trunks = new Set(facts.dials.map((d) => d.trunk).filter((t) => t !== ''));
  const visits = facts.visits.map((visit) => {
    const heir = heirs.get(visit.uniqueid);
    const goesOn = heir && visit.enteredAt <= heir.at && (visit.leftAt === null || visit.leftAt >= heir.at);
    return goesOn ? { ...visit, uniqueid: heir.uniqueid } : visit;
  });
  const dials = dialsOf(facts.dials, heirs);
  return { root, people, channels, pipes, caller, main: main && channels.get(main.uniqueid), trunks, visits, dials };
}

type Heirs = ReadonlyMap<string, { uniqueid: string; at: number }>;

/** Who is transferred to a phone that still rings goes on with that Dial(): the hooks behind it run on the taker's channel. */
const dialsOf = (dials: readonly DialFacts[], heirs: Heirs): DialFacts[] =>
  dials.flatMap((dial) => {
    const heir = heirs.get(dial.uniqueid);
    const goesOn = heir && dial.at <= heir.at && (dial.returnedAt === null || dial.returnedAt >= heir.at);
    return goesOn ? [dial, { ...dial, uniqueid: heir.uniqueid }] : [dial];
  });

/**
 * An operator who waits (in a queue, for an announcement, for a phone that rings) and puts a caller into that place: the caller's channel takes over
 * what the operator's second one was doing. That one ends naming the operator's first (ATTENDEDTRANSFER), the first ends naming
 * the caller's. By uniqueid of the channel that was taken over.
 */
function heirsOf(all: readonly ChannelFacts[]): Heirs {
  const heirs = new Map<string, { uniqueid: string; at: number }>();
  const byName = new Map(all.map((c) => [c.channel, c]));
  for (const second of all) {
    const first = second.attended === '' ? undefined : byName.get(second.attended);
    const goesOn = first && first.attended !== '' ? byName.get(first.attended) : undefined;
    if (second.endedAt === null || !goesOn || goesOn === second) continue;
    heirs.set(second.uniqueid, { uniqueid: goesOn.uniqueid, at: second.endedAt });
  }
  return heirs;
}

function mainOf(all: readonly ChannelFacts[], root: Beginning): ChannelFacts | undefined {
  const started = root.started?.uniqueid;
  return (
    all.find((c) => c.uniqueid === started) ?? all.find((c) => c.met === 'call') ?? all.find((c) => c.met === 'other')
  );
}

/** `Local/101@agents-0000001c;1` and `…;2` are the two ends of one pipe. */
function pipesOf(all: readonly ChannelFacts[]): Map<string, ChannelFacts> {
  const halves = new Map(all.filter(isLocal).map((c) => [c.channel, c]));
  const pipes = new Map<string, ChannelFacts>();
  for (const [name, half] of halves) {
    const other = halves.get(name.endsWith(';1') ? `${name.slice(0, -1)}2` : `${name.slice(0, -1)}1`);
    if (other && other !== half) pipes.set(half.uniqueid, other);
  }
  return pipes;
}

/** A queue that rings a Local member rings the devices that the member's own dialplan dials: their offer, by uniqueid. */
function behindOffers(all: readonly ChannelFacts[], pipes: Map<string, ChannelFacts>): Map<string, ChannelFacts> {
  const offers = new Map<string, ChannelFacts>();
  for (const channel of all) {
    if (channel.met !== 'offer' || !isLocal(channel)) continue;
    const inner = pipes.get(channel.uniqueid)?.uniqueid;
    for (const device of all) if (inner !== undefined && device.dialler === inner) offers.set(device.uniqueid, channel);
  }
  return offers;
}

/** The caller may hang up in the instant a phone is picked up: nobody was there to talk with, so that is no answer. */
function withoutLateAnswer(
  channel: ChannelFacts,
  main: ChannelFacts | undefined,
  channels: ReadonlyMap<string, ChannelFacts>,
): ChannelFacts {
  if (channel.met === 'call') return channel;
  const dialler = channels.get(channel.dialler) ?? main;
  const gone = dialler?.endedAt ?? null;
  // A channel that was opened after the caller had gone was never meant for the caller: a transfer by the one who called.
  const meant = gone !== null && channel !== dialler && channel.openedAt <= gone;
  const late = meant && channel.answeredAt !== null && channel.answeredAt > gone;
  return late ? { ...channel, answeredAt: null } : channel;
}

/** A clock that was set back, or an event that came too late to be true, makes no channel end before it began. */
function forwardInTime(channel: ChannelFacts): ChannelFacts {
  const { openedAt, answeredAt, endedAt } = channel;
  const begun = answeredAt === null ? openedAt : Math.max(openedAt, answeredAt);
  if ((answeredAt === null || answeredAt >= openedAt) && (endedAt === null || endedAt >= begun)) return channel;
  return {
    ...channel,
    answeredAt: answeredAt === null ? null : begun,
    endedAt: endedAt === null ? null : Math.max(endedAt, begun),
  };
}

/** Whose phone it is: an operator's endpoint, or empty for a trunk and for a caller from outside. */
export function operatorOf(channel: ChannelFacts, facts: Facts, shape: Shape): string {
  if (isLocal(channel) || shape.trunks.has(channel.endpoint)) return '';
  if (channel.met !== 'call') return channel.endpoint;
  const began = [...facts.calls.values()].find((call) => call.started?.uniqueid === channel.uniqueid);
  return began?.started ? began.started.endpoint : channel.endpoint;
}

// Pure. Who is who among the channels of a call.
import type { ChannelFacts, Facts } from './facts.js';

/** Who is who among the channels of a call. */
export interface Shape {
  /** Channels that a person or a trunk holds: all but Local plumbing. */
  people: ChannelFacts[];
  /** The leg that started the call; for a click, the operator's own phone. */
  caller: ChannelFacts | undefined;
  /** The channel the dialplan ran on as the caller: the caller's leg, or the Local channel of a click. */
  main: ChannelFacts | undefined;
  trunks: Set<string>;
}

export const isLocal = (channel: ChannelFacts) => channel.channel.startsWith('Local/');

/** Finds them. */
export function shapeOf(facts: Facts): Shape {
  const channels = [...facts.channels.values()];
  const main = channels.find((c) => c.met === 'call') ?? channels.find((c) => c.met === 'other');
  const people = channels.filter((c) => !isLocal(c)).map((c) => withoutLateAnswer(c, main));
  const own = facts.started?.endpoint ?? '';
  const caller =
    main && isLocal(main)
      ? people.find((c) => c.endpoint === own && own !== '')
      : people.find((c) => c.uniqueid === main?.uniqueid);
  const trunks = new Set(facts.dials.map((d) => d.trunk).filter((t) => t !== ''));
  return { people, caller, main, trunks };
}

/** The caller may hang up in the instant a phone is picked up: nobody was there to talk with, so that is no answer. */
function withoutLateAnswer(channel: ChannelFacts, main: ChannelFacts | undefined): ChannelFacts {
  const gone = main?.endedAt ?? null;
  // A channel that was opened after the caller had gone was never meant for the caller: a transfer by the one who called.
  const meant = gone !== null && channel !== main && channel.openedAt <= gone;
  const late = meant && channel.answeredAt !== null && channel.answeredAt > gone;
  return late ? { ...channel, answeredAt: null } : channel;
}

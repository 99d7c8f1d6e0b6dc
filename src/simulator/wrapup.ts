// Pure. The wrap-up after a talk of a queue, whose time the PBX keeps (dialplan/dialhook-wrapup.conf): it begins in the
// hangup handler of the operator's channel, and a Local channel of its own ends it, unless the operator does.
import type { SimQueue } from './cast.js';
import { dialCode } from './codes.js';
import type { SimChannel } from './pbx.js';
import { type Agent, SECOND, type World } from './world.js';

/** DH_WRAPUP_EXTEND of the dialplan, seconds. */
const EXTEND = 60;
/** How many end it by hand, and how many make it longer. */
const ENDED_BY_HAND = 0.35;
const MADE_LONGER = 0.08;

/** Begins the wrap-up of an operator who talked for a queue, before the channel's `end`; not for who logged out meanwhile. */
export function beginWrapup(world: World, agent: Agent, device: SimChannel, queue: SimQueue): void {
  if (queue.wrapup === 0 || !agent.online) return;
  const { agenda, random } = world;
  const long = queue.wrapup * SECOND;
  const wrapup = keepTime(world, agent, device, queue.name, world.clock() + long / world.speed);
  const meanwhile = (act: () => void) => () => {
    if (agent.wrapup === wrapup && !agent.busy) act();
  };
  const chance = random.next();
  if (chance < ENDED_BY_HAND)
    agenda.after(
      random.between(0.2, 0.9) * long,
      meanwhile(() => done(world, agent)),
    );
  else if (chance < ENDED_BY_HAND + MADE_LONGER)
    agenda.after(
      random.between(0.5, 0.9) * long,
      meanwhile(() => extend(world, agent)),
    );
}

/** `*49`: the operator is ready. */
function done(world: World, agent: Agent): void {
  endWrapup(world, agent, dialCode(world, agent, 'done'), 'done');
  world.dispatch();
}

/** `*40`: a while more. */
function extend(world: World, agent: Agent): void {
  if (agent.wrapup === null) return;
  const { queue, until } = agent.wrapup;
  const from = Math.max(until, world.clock());
  keepTime(world, agent, dialCode(world, agent, 'extend'), queue, from + (EXTEND * SECOND) / world.speed);
}

/** Ends a wrap-up if there is one, on the channel that ends it. */
export function endWrapup(world: World, agent: Agent, channel: SimChannel, how: 'done' | 'timeout'): void {
  if (agent.wrapup === null) return;
  agent.wrapup = null;
  world.pbx.hook(channel, 'wrapped', { operator: agent.who.endpoint, how });
}

/** Puts down until when the wrap-up runs: what was put down before ends nothing any more. The event rounds to a second. */
function keepTime(world: World, agent: Agent, channel: SimChannel, queue: string, until: number): Agent['wrapup'] {
  const { agenda, pbx, speed } = world;
  const wrapup = { queue, until };
  agent.wrapup = wrapup;
  const carrier = pbx.local('s@dialhook-wrapping', channel.key);
  pbx.hook(channel, 'wrapup', { operator: agent.who.endpoint, until, queue }, channel.leaving !== null);
  agenda.after((until - world.clock()) * speed, () => {
    if (agent.wrapup !== wrapup) return;
    endWrapup(world, agent, carrier, 'timeout');
    world.dispatch();
  });
  return wrapup;
}

// Pure. How calls begin: from outside, and on an operator's phone.
import type { SimClient } from './cast.js';
import { type Agent, type LiveCall, openCall, release, type World } from './world.js';

/** Seconds that the queues leave an operator alone after a call of his own. */
const REST = 3;

/** A call comes in over the trunk. */
export function inbound(world: World, from: SimClient, to: string): LiveCall {
  const { cast, pbx } = world;
  const call = openCall(world, cast.trunk, { number: from.number, name: from.name, dnid: to });
  pbx.hook(call.caller, 'call', { direction: 'in', trunk: cast.trunk, from: from.number, name: from.name, to });
  return call;
}

/** An operator dials on the own phone, which is busy until the call is over. */
export function fromOperator(world: World, agent: Agent, to: string, direction: 'out' | 'internal'): LiveCall {
  agent.busy = true;
  agent.talking = true;
  return secondLine(world, agent, to, direction, () => release(world, agent, REST));
}

/** An operator who is in a call dials on another line. */
export function secondLine(
  world: World,
  agent: Agent,
  to: string,
  direction: 'out' | 'internal',
  over: () => void,
): LiveCall {
  const { endpoint, name } = agent.who;
  const call = openCall(world, endpoint, { number: endpoint, name, dnid: to }, over);
  world.pbx.hook(call.caller, 'call', { direction, endpoint, from: endpoint, name, to });
  return call;
}

/** Whether the call came over the trunk. */
export const fromOutside = (world: World, { caller }: LiveCall): boolean => caller.endpoint === world.cast.trunk;

// Pure. The operators' day: they log in, pause with a reason, come back; what a phone's feature code does.
import { dialCode } from './codes.js';
import { type Agent, SECOND, type World, whenFree } from './world.js';
import { endWrapup } from './wrapup.js';

/** Reason, shortest and longest stay in seconds, weight. */
const PAUSES = [
  ['break', 20, 90],
  ['break', 20, 90],
  ['lunch', 120, 300],
  ['training', 60, 180],
  ['paperwork', 30, 120],
] as const;
const BETWEEN_PAUSES = 240 * SECOND;
/** No more than this share of those at work pauses at once. */
const MOST_PAUSED = 0.2;

/** Most come on the second, some are late, a few stay away. */
export function beginShift(world: World): void {
  const { agenda, random } = world;
  for (const [i, agent] of world.agents.entries()) {
    if (world.agents.length >= 8 && i % 11 === 10) continue;
    const late = i % 6 === 5;
    agenda.after(random.between(late ? 8 : 0.1, late ? 40 : 2) * SECOND, () => logIn(world, agent));
  }
}

/** Everybody who is logged in logs out. */
export function endShift(world: World): void {
  for (const agent of world.agents) if (agent.online) logOut(world, agent);
}

function logIn(world: World, agent: Agent): void {
  agent.online = true;
  agent.paused = false;
  code(world, agent, 'login', { queues: agent.who.queues.join(',') });
  planPause(world, agent);
  world.dispatch();
}

function logOut(world: World, agent: Agent): void {
  agent.online = false;
  agent.paused = false;
  code(world, agent, 'logout', {});
}

function planPause(world: World, agent: Agent): void {
  world.agenda.after(world.random.waiting(BETWEEN_PAUSES), () => whenFree(agent, () => goAway(world, agent)));
}

/** A pause, or seldom the end of a half shift; not now when too many pause already. */
function goAway(world: World, agent: Agent): void {
  if (!agent.online || agent.paused) return;
  const online = world.agents.filter((one) => one.online);
  if (online.filter((one) => one.paused).length >= online.length * MOST_PAUSED) planPause(world, agent);
  else if (world.random.chance(0.06)) goHome(world, agent);
  else pause(world, agent);
}

function goHome(world: World, agent: Agent): void {
  logOut(world, agent);
  world.agenda.after(world.random.between(60, 240) * SECOND, () => whenFree(agent, () => logIn(world, agent)));
}

function pause(world: World, agent: Agent): void {
  const [reason, shortest, longest] = world.random.pick(PAUSES);
  agent.paused = true;
  code(world, agent, 'pause', { reason });
  world.agenda.after(world.random.between(shortest, longest) * SECOND, () =>
    whenFree(agent, () => comeBack(world, agent)),
  );
}

function comeBack(world: World, agent: Agent): void {
  if (!agent.online || !agent.paused) return;
  agent.paused = false;
  code(world, agent, 'unpause', {});
  planPause(world, agent);
  world.dispatch();
}

/** The operator dials a feature code. "I am ready" and "I go" end a wrap-up too, after they are told. */
export function code(
  world: World,
  agent: Agent,
  event: 'login' | 'logout' | 'pause' | 'unpause',
  fields: Record<string, string>,
): void {
  const channel = dialCode(world, agent, event);
  world.pbx.hook(channel, event, { operator: agent.who.endpoint, ...fields });
  if (event !== 'pause') endWrapup(world, agent, channel, 'done');
}

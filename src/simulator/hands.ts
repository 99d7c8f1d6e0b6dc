// Pure. What an operator does with a caller who is not yet to be let go: which way to hand on, and to whom.
import { park } from './parking.js';
import type { Talk } from './talk.js';
import { consult, transferTo, transferToQueue } from './transfer.js';
import { isReady, type World } from './world.js';

/** Number of the first queue, inside the house; the others follow. */
const FIRST_QUEUE_NUMBER = 600;
/** How often an operator who ends a talk hands the caller on, for each part of `extras`. */
const HANDED_ON = 2.4;

/** Hands the caller on, by chance. False when this operator simply hangs up, or nobody is there to take the caller. */
export function handOn(world: World, talk: Talk): boolean {
  const { random } = world;
  if (!random.chance(Math.min(1, world.extras * HANDED_ON))) return false;
  const way = random.next();
  if (way < 0.2) return park(world, talk);
  if (way < 0.35) return elsewhere(world, talk);
  const free = world.agents.filter((one) => one !== talk.agent && isReady(one));
  const colleague = free[Math.floor(random.next() * free.length)];
  if (!colleague) return false;
  if (way < 0.65 && talk.queue) consult(world, talk, colleague);
  else transferTo(world, talk, colleague);
  return true;
}

function elsewhere(world: World, talk: Talk): boolean {
  const others = [...world.cast.queues.entries()].filter(([, queue]) => queue !== talk.queue);
  const found = others[Math.floor(world.random.next() * others.length)];
  if (!found) return false;
  const [index, queue] = found;
  transferToQueue(world, talk, queue, String(FIRST_QUEUE_NUMBER + index));
  return true;
}

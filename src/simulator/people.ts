// Pure. What people do: how long they talk and wait, and what an operator does when the phone rings.
import type { SimOperator } from './cast.js';
import type { Random } from './random.js';
import { SECOND } from './world.js';

/** 20 to 120 s, short ones more often. */
export const talkTime = (random: Random) => (20 + 100 * random.next() ** 1.6) * SECOND;

/** How long a caller stays in a queue: some hang up at once, some wait until the queue gives up. */
export function patience(random: Random): number {
  const chance = random.next();
  return (chance < 0.08 ? random.between(1.5, 5) : chance < 0.85 ? random.between(25, 95) : 600) * SECOND;
}

export type Reaction = { does: 'answer' | 'reject'; after: number } | { does: 'miss' };

export function reaction(random: Random, { pickup, miss, reject }: SimOperator): Reaction {
  const chance = random.next();
  if (chance < miss) return { does: 'miss' };
  if (chance < miss + reject) return { does: 'reject', after: random.between(1, 4) * SECOND };
  return { does: 'answer', after: Math.min(random.between(0.4, 1.8) * pickup, 12) * SECOND };
}

// What the people of the demo with real phones share: each other, and chance.
import type { CrowdOptions } from './crowd.js';

/** The crowd and its chances. */
export interface World extends CrowdOptions {
  random: () => number;
  after(ms: number, act: () => unknown): void;
  /** A time by chance, both ends in seconds, the answer in milliseconds. */
  between(low: number, high: number): number;
}

export const idle = (world: World) => world.operators.filter((phone) => phone.calls().length === 0);
export const pick = <T>(world: World, list: T[]): T | undefined => list[Math.floor(world.random() * list.length)];

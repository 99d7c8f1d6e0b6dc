// What an AGI command of ours is: its wire name, its reference for docs/dialplan.md, and what it does with a channel.
import type { AgiChannel } from '../agi/index.js';

export interface HookDeps {
  /** Resolves when the line is safe in the journal. */
  append(line: string): Promise<void>;
  /** Who is behind a number; null when nobody is known. */
  findClient(number: string): Promise<{ name: string; company: string; vip: boolean } | null>;
  /** How long a lookup may search, ms. */
  lookupBudgetMs: number;
  log: { warn(fields: object, message: string): void; debug(fields: object, message: string): void };
}

export interface Hook {
  /** Path of the AGI request, e.g. `/event`. */
  path: string;
  /** Arguments after the address, in order. */
  arguments: readonly string[];
  /** Channel variables that it sets. */
  sets: readonly string[];
  run(channel: AgiChannel, deps: HookDeps): Promise<void>;
}

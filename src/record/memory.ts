// What the loop remembers between batches. Only a cache: emptied at any moment it changes nothing but speed.
import type { CallEvent } from '../call/event.js';
import type { Facts } from '../call/facts.js';
import type { Standing } from '../store/calls.js';
import type { Busy } from './busy.js';

/** A story as folded so far, kept so that events in order need no reading back. */
export interface Remembered {
  facts: Facts;
  /** The last event folded: a later one may simply be added. */
  last: CallEvent;
  /** Event rows its calls had then. Another server may have added some: then the count differs and the story is read again. */
  rows: number;
  /** All calls of the story, sorted. */
  members: readonly string[];
  /** `link call` of the links that stand in the tables. */
  links: Set<string>;
  /** How its operators were busy, as the tables have it. */
  busy: readonly Busy[];
  /** Its rows in the tables; null when they are not known. */
  stands: Standing | null;
}

export interface Memory {
  /** By the story's id, the longest unused first. */
  stories: Map<string, Remembered>;
  /** Of calls that became part of another's story: that one's id. */
  storyOf: Map<string, string>;
}

const REMEMBERED = 20_000;

export const newMemory = (): Memory => ({ stories: new Map(), storyOf: new Map() });

/** The story of a call, as far as is remembered. */
export const rootOf = (memory: Memory, call: string): string => memory.storyOf.get(call) ?? call;

/** Takes a story out, to be changed: if the transaction fails it is simply not put back. */
export function take(memory: Memory, call: string): Remembered | undefined {
  const root = rootOf(memory, call);
  const known = memory.stories.get(root);
  memory.stories.delete(root);
  for (const member of known?.members ?? []) memory.storyOf.delete(member);
  return known;
}

/** Puts stories back as they are now in the tables. */
export function keep(memory: Memory, stories: ReadonlyMap<string, Remembered>): void {
  for (const [root, story] of stories) {
    memory.stories.delete(root);
    memory.stories.set(root, story);
    for (const member of story.members) if (member !== root) memory.storyOf.set(member, root);
  }
  // The oldest go. A late event of theirs is folded from the tables.
  for (const oldest of memory.stories.keys()) {
    if (memory.stories.size <= REMEMBERED) break;
    take(memory, oldest);
  }
}

export function forgetAll(memory: Memory): void {
  memory.stories.clear();
  memory.storyOf.clear();
}

// The AGI commands: this list and nothing else. The wire name, the file name and the function name are the same word.
import { event } from './event.js';
import type { Hook } from './hook.js';
import { lookup } from './lookup.js';
import { ping } from './ping.js';

export const HOOKS: readonly Hook[] = [event, lookup, ping];

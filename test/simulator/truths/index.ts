// All truths, in the order in which the PBX test plays them.
import { DIRECT_TRUTHS } from './direct.js';
import { HANDS_TRUTHS } from './hands.js';
import { OPERATOR_TRUTHS } from './operator.js';
import { QUEUE_TRUTHS } from './queue.js';
import type { Truth } from './truth.js';
import { WAY_TRUTHS } from './ways.js';
import { WRAPUP_TRUTHS } from './wrapup.js';

export type { Real, Truth } from './truth.js';
export const TRUTHS: readonly Truth[] = [
  ...QUEUE_TRUTHS,
  ...DIRECT_TRUTHS,
  ...OPERATOR_TRUTHS,
  ...HANDS_TRUTHS,
  ...WAY_TRUTHS,
  ...WRAPUP_TRUTHS,
];

export const tableOf = (truth: Truth): string[] => truth.says.trim().split('\n');

// A nemesis does one kind of harm. It strokes again and again while the calls go on; afterwards all must be as if nothing was.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabOptions, Laboratory } from './laboratory.js';

/** How long a hook may hold its call beyond what the machine itself makes everybody wait, ms. */
export interface Budget {
  main: number;
  /** Where nothing bounds a hook: b(), U(), hangup handlers. */
  side: number;
}

export interface Nemesis {
  name: string;
  /** The harm, for the table of docs/faults.md. */
  harm: string;
  /** Strokes in the short version, in one round of a campaign, and in a whole campaign. */
  strokes: { short: number; round: number; whole: number };
  lab?: LabOptions;
  budget?: Budget;
  /** Lines that the server may keep aside: those that a fault tore. */
  torn?: number;
  /** Why it can't be done on this machine; null when it can. */
  lacks?(): Promise<string | null>;
  /** A data folder of its own kind, such as one on a small disk; given back by the answer. */
  prepare?(): Promise<{ lab: LabOptions; release(): Promise<void> }>;
  /** One harm, and the end of it. */
  stroke(lab: Laboratory, n: number): Promise<void>;
  /** What else must be so at the end of a round; each answer is a fault found. */
  also?(lab: Laboratory): Promise<string[]>;
}

/** The server's own share of a hook at the worst (R1). */
export const OWN_MS = 50;
/** What a hook on the main line waits for a server that took it and is silent: DH_BOUND. */
export const BOUND_MS = 1000;

/** What a lookup may take whatever happens: DH_LOOKUP_BOUND. */
export const LOOKUP_MS = 500;

export const UNTOUCHED: Budget = { main: OWN_MS, side: OWN_MS };

/** A random instant: the harm comes at no moment of its own choosing. */
export const instant = (lab: Laboratory, least: number, most: number): Promise<void> =>
  sleep(lab.random.between(least, most));

// Arguments of AGI commands that are not simply text.
import type { AgiValue } from './encode.js';

export interface ControlKeys {
  /** How far one press winds, in milliseconds; 3000 by default. */
  skipMs?: number;
  /** Keys that wind forward (`#`), back (`*`) and pause (none). */
  forward?: string;
  rewind?: string;
  pause?: string;
  /** Where to begin, in milliseconds. */
  offsetMs?: number;
}

export interface RecordOptions {
  /** Seek to this sample first. */
  offset?: number;
  beep?: boolean;
  /** Seconds of silence that end the recording. */
  silence?: number;
}

const CONTROL_DEFAULTS = [3000, '#', '*', '', 0] as const;

/** A value that must be there: undefined is sent as an empty word, not left out. */
export const text = (value: AgiValue): string => (value == null ? '' : String(value));

/** Seconds, as fastagi.io takes them, as the milliseconds that AGI takes; below 0 is -1, without end. What is no number stays NaN, which the encoder refuses. */
export function milliseconds(seconds: AgiValue): number | undefined {
  if (seconds === undefined) return undefined;
  const value = Math.round(Number(seconds) * 1000);
  return value < 0 ? -1 : value;
}

/** [skipms] [ffchar] [rewchr] [pausechr] [offsetms]: what stands before the last one given is filled with its default. */
export function controlArguments({ skipMs, forward, rewind, pause, offsetMs }: ControlKeys): AgiValue[] {
  const given = [skipMs, forward, rewind, pause, offsetMs];
  const count = given.findLastIndex((value) => value !== undefined) + 1;
  return given.slice(0, count).map((value, i) => value ?? CONTROL_DEFAULTS[i]);
}

/** [offset samples] [BEEP] [s=silence] (res_agi.c tells them apart by their looks). */
export function recordArguments({ offset, beep, silence }: RecordOptions): AgiValue[] {
  const args: AgiValue[] = [];
  if (offset !== undefined) args.push(offset);
  if (beep) args.push('BEEP');
  if (silence !== undefined) args.push(`s=${silence}`);
  return args;
}

// What the generator knows: every line it was to deliver, and how long each of its calls waited.
import type { Told } from '../../src/simulator/player.js';

/** How long one hook held its call. */
export interface Wait {
  /** main: on the main line of a call, bounded by the dialplan; side: where nothing bounds it. */
  way: 'main' | 'side';
  kind: string;
  ms: number;
  /** When it ended, milliseconds since the epoch. */
  at: number;
}

export interface Truth {
  /** Every event line that a call was to tell, by its id: each must be in the tables exactly once. */
  readonly lines: ReadonlyMap<string, string>;
  confirmed(): number;
  spooled(): number;
  waits(): readonly Wait[];
  note(told: Told): void;
  /** Waits count no more from now on: at the end all callers hang up in one instant, as no callers do. */
  closing(): void;
}

export function newTruth(): Truth {
  const lines = new Map<string, string>();
  const waits: Wait[] = [];
  let confirmed = 0;
  let over = false;
  return {
    lines,
    confirmed: () => confirmed,
    spooled: () => lines.size - confirmed,
    waits: () => waits,
    note({ planned, line, confirmed: well, ms }) {
      if (ms !== null && !over) waits.push({ way: planned.way, kind: planned.kind, ms, at: Date.now() });
      if (planned.kind === 'lookup') return;
      lines.set(idOf(line), line);
      if (well) confirmed += 1;
    },
    closing: () => {
      over = true;
    },
  };
}

/** The id of an event line. */
export const idOf = (line: string): string => new URLSearchParams(line).get('id') ?? '';

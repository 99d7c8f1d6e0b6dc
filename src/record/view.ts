// The reading side of a journal. It knows how far the journal is safe on disk because the writer tells it, from the same
// thread or from another one.
import type { Position } from '../store/journals.js';
import { bytesBehind, type JournalRecord, listSegments, readRecords, retireSegments } from './segments.js';

export interface JournalView {
  /** Reads up to `max` records from a place on, and the place after them. */
  read(from: Position, max: number): Promise<{ records: JournalRecord[]; next: Position }>;
  /** Resolves when something is appended after `from`, or after `ms`. */
  wait(from: Position, ms: number): Promise<void>;
  /** The place after the last record on disk. */
  end(): Position;
  /** The first place that still exists. */
  start(): Promise<Position>;
  /** Bytes from a place to the end. */
  behind(from: Position): Promise<number>;
  /** Removes segments that lie wholly before a place and were last written before `before`, ms. Returns how many. */
  retire(upTo: Position, before: number): Promise<number>;
}

export interface MovingView extends JournalView {
  /** The writer has brought more to disk. */
  moved(end: Position): void;
  /** Lets go of everybody who waits. */
  release(): void;
}

/** Whether a place lies before another. */
export const isBefore = (a: Position, b: Position): boolean =>
  a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);

export function journalView(folder: string, from: Position): MovingView {
  let end = from;
  const watchers = new Set<() => void>();
  const release = () => {
    for (const wake of [...watchers]) wake();
  };
  return {
    read: (place, max) => readRecords(folder, place, end, max),
    wait: (place, ms) =>
      new Promise<void>((resolve) => {
        if (isBefore(place, end)) return resolve();
        const wake = () => {
          clearTimeout(timer);
          watchers.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        watchers.add(wake);
      }),
    end: () => end,
    start: async () => ({ segment: (await listSegments(folder))[0] ?? end.segment, offset: 0 }),
    behind: (place) => bytesBehind(folder, place),
    retire: (upTo, before) => retireSegments(folder, upTo.segment < end.segment ? upTo : end, before),
    moved: (place) => {
      end = place;
      release();
    },
    release,
  };
}

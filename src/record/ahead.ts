// How much of the journal is taken at once, and the next of it read and understood while the database writes the last.
import type { Position } from '../store/journals.js';
import { type Sorted, sortRecords } from './apply.js';
import type { JournalRecord } from './segments.js';
import { isBefore, type JournalView } from './view.js';

export interface BatchSizes {
  /** Records of a batch, fewest and most, and how quickly it goes from one to the other. */
  least: number;
  most: number;
  times: number;
}

/**
 * Events come into the tables in small batches, at once. While the journal is behind, each batch is four times as large as
 * the one before: a call is folded and written once for all of its events in a batch.
 */
const BATCH: BatchSizes = { least: 500, most: 10_000, times: 4 };

/** Records read from the journal. */
export interface Taken {
  records: readonly JournalRecord[];
  sorted: Sorted;
  /** The place behind them, and whether the journal held more already when they were asked for. */
  next: Position;
  more: boolean;
}

export interface ReadAhead {
  /** The next records from a place on; those behind them are read meanwhile if there are any. */
  take(from: Position): Promise<Taken>;
  /** Whether a batch of so many is larger than the smallest. */
  isLarge(records: number): boolean;
  /** After an error: what was read ahead is forgotten, and small batches come first. */
  again(): void;
  /** Resolves when nothing is read any more. */
  quiet(): Promise<void>;
}

export function readAhead(journal: Pick<JournalView, 'read' | 'end'>, sizes: BatchSizes = BATCH): ReadAhead {
  let size = sizes.least;
  let ahead: { from: Position; taken: Promise<Taken> } | null = null;

  function read(from: Position): Promise<Taken> {
    // What comes while it is read does not make it behind: the next batch is for that.
    const end = journal.end();
    const reading = journal.read(from, size).then(async ({ records, next }) => {
      const more = isBefore(next, end);
      return { records, next, more, sorted: await sortRecords(records) };
    });
    // Nobody may ever ask for what is read ahead.
    reading.catch(() => undefined);
    return reading;
  }

  return {
    take: async (from) => {
      const waits = ahead;
      ahead = null;
      const isIt = waits?.from.segment === from.segment && waits.from.offset === from.offset;
      const taken = await (isIt ? waits.taken : read(from));
      size = taken.more ? Math.min(size * sizes.times, sizes.most) : sizes.least;
      if (taken.more && taken.records.length > 0) ahead = { from: taken.next, taken: read(taken.next) };
      return taken;
    },
    isLarge: (records) => records > sizes.least,
    again: () => {
      size = sizes.least;
      ahead = null;
    },
    quiet: async () => {
      await ahead?.taken.catch(() => undefined);
    },
  };
}

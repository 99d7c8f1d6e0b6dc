// The append-only journal on the server's own disk: an event is acknowledged when its line is here, and the database may be
// away for as long as it likes. One record a line: checksum, time of receipt, event line. Those who wait share one fdatasync.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import type { Position } from '../store/journals.js';
import { encodeRecord, listSegments, segmentPath } from './segments.js';
import { type JournalView, journalView } from './view.js';

export interface JournalOptions {
  /** A new segment begins past this size, bytes. */
  segmentBytes?: number;
  /** Told after each write how far the journal is safe. */
  onMoved?: (end: Position) => void;
}

export interface Journal extends JournalView {
  /** Resolves when the line is on disk; rejects when it could not be written (then it was not acknowledged to anybody). */
  append(line: string, receivedAt: number): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  text: string;
  done: () => void;
  fail: (error: unknown) => void;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;

/** Opens the journal in a folder, which is made when it isn't there. Each start writes to a new segment: a torn tail stays behind. */
export async function openJournal(folder: string, options: JournalOptions = {}): Promise<Journal> {
  const segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
  await mkdir(folder, { recursive: true });
  let segment = ((await listSegments(folder)).at(-1) ?? 0) + 1;
  let file: FileHandle = await open(segmentPath(folder, segment), 'ax');
  let size = 0;
  let broken = false;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;
  const view = journalView(folder, { segment, offset: 0 });

  async function rotate(): Promise<void> {
    const next = await open(segmentPath(folder, segment + 1), 'ax');
    await file.close().catch(() => undefined);
    file = next;
    segment += 1;
    size = 0;
    broken = false;
  }

  /** One write and one fdatasync for all who wait. */
  async function write(group: readonly Waiting[]): Promise<void> {
    const bytes = Buffer.from(group.map((w) => w.text).join(''));
    try {
      // After a failed write nobody knows what the segment's tail holds: go on in a new one.
      if (broken || size >= segmentBytes) await rotate();
      await file.appendFile(bytes);
      await file.datasync();
      size += bytes.length;
    } catch (error) {
      broken = true;
      for (const one of group) one.fail(error);
      return;
    }
    for (const one of group) one.done();
    const end = { segment, offset: size };
    view.moved(end);
    options.onMoved?.(end);
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await write(group);
    }
    flushing = null;
  }

  return {
    ...view,
    append: (line, receivedAt) =>
      new Promise<void>((done, fail) => {
        waiting.push({ text: encodeRecord(line, receivedAt), done, fail });
        flushing ??= flush();
      }),
    close: async () => {
      if (flushing) await flushing;
      view.release();
      await file.close();
    },
  };
}

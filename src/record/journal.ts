// The append-only journal on the server's own disk: an event is acknowledged when its line is here, and the database may be
// away for as long as it likes. One record a line: checksum, time of receipt, event line. Those who wait share one fdatasync.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import type { Position } from '../store/journals.js';
import { keepInMemory } from './kept.js';
import { encodeRecord, listSegments, segmentPath } from './segments.js';
import { type JournalView, journalView } from './view.js';

export interface JournalOptions {
  /** A new segment begins past this size, bytes. */
  segmentBytes?: number;
  /** Room in memory for lines that the disk does not take, bytes. */
  keepBytes?: number;
  /** Told after each write how far the journal is safe. */
  onMoved?: (end: Position) => void;
  /** Told when lines could not be written, and when they could again. */
  onTrouble?: (trouble: JournalTrouble) => void;
  /** Opens a segment; the file system's own `open` unless a test wants it to fail. */
  openFile?: (path: string) => Promise<SegmentFile>;
}

/** What the journal could not write. All is well when `error` is empty. */
export interface JournalTrouble {
  /** What the last attempt said; empty when it went well. */
  error: string;
  /** Lines that wait in memory for room on the disk. */
  kept: number;
  /** Lines that are nowhere any more, since the start: exact, less what the dialplan's spool brought later. */
  dropped: number;
  /** When the last of them was dropped, ms; null while there is none. */
  droppedAt: number | null;
}

export type SegmentFile = Pick<FileHandle, 'appendFile' | 'datasync' | 'truncate' | 'close'>;

export interface Journal extends JournalView {
  /** Resolves when the line is on disk; rejects at once when it could not be written (then it was not acknowledged to anybody). */
  append(line: string, receivedAt: number): Promise<void>;
  trouble(): JournalTrouble;
  close(): Promise<void>;
}

interface Waiting {
  text: string;
  line: string;
  done: () => void;
  fail: (error: unknown) => void;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;
const KEEP_BYTES = 32 * 1024 * 1024;
/** A disk that refused is asked again after this long, ms; meanwhile no caller waits for it. */
const AGAIN_MS = 500;
/** Written at a time of what was kept, bytes. */
const PIECE_BYTES = 1024 * 1024;

/** Opens the journal in a folder, which is made when it isn't there. Each start writes to a new segment: a torn tail stays behind. */
export async function openJournal(folder: string, options: JournalOptions = {}): Promise<Journal> {
  const segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
  const openFile = options.openFile ?? ((path: string) => open(path, 'ax', 0o600));
  const kept = keepInMemory(options.keepBytes ?? KEEP_BYTES);
  // Every line holds somebody's number.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let segment = ((await listSegments(folder)).at(-1) ?? 0) + 1;
  let file: SegmentFile = await openFile(segmentPath(folder, segment));
  let size = 0;
  let broken = false;
  let error = '';
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;
  let again: NodeJS.Timeout | undefined;
  const view = journalView(folder, { segment, offset: 0 });
  const trouble = (): JournalTrouble => ({ error, ...kept.count() });

  async function rotate(): Promise<void> {
    const next = await openFile(segmentPath(folder, segment + 1));
    await file.close().catch(() => undefined);
    file = next;
    segment += 1;
    size = 0;
    broken = false;
  }

  /** Brings bytes to disk; rejects, and leaves nothing half written behind, when it can't. */
  async function write(bytes: Buffer): Promise<void> {
    if (broken || size >= segmentBytes) await rotate();
    let synced = false;
    try {
      await file.appendFile(bytes);
      synced = true;
      await file.datasync();
    } catch (failure) {
      // What a failed write left is cut off. After a failed sync nobody knows what the disk holds: then a new segment begins.
      broken =
        synced ||
        !(await file.truncate(size).then(
          () => true,
          () => false,
        ));
      throw failure;
    }
    size += bytes.length;
    const end = { segment, offset: size };
    view.moved(end);
    options.onMoved?.(end);
  }

  function refuse(group: readonly Waiting[], failure: unknown): void {
    error = failure instanceof Error ? failure.message : String(failure);
    for (const { text, line } of group) kept.add(text, line);
    for (const one of group) one.fail(failure);
    options.onTrouble?.(trouble());
    again ??= setTimeout(recover, AGAIN_MS);
  }

  /** Asks the disk again; while it refuses, lines go to memory without a wait. */
  function recover(): void {
    again = undefined;
    flushing = (flushing ?? Promise.resolve()).then(writeKept).then(flush);
  }

  async function writeKept(): Promise<void> {
    for (let texts = kept.take(PIECE_BYTES); texts.length > 0; texts = kept.take(PIECE_BYTES)) {
      try {
        await write(Buffer.from(texts.join('')));
      } catch (failure) {
        kept.putBack(texts);
        refuse([], failure);
        return;
      }
    }
    if (error !== '') {
      error = '';
      options.onTrouble?.(trouble());
    }
  }

  /** One write and one fdatasync for all who wait. */
  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      if (error !== '') {
        refuse(group, new Error(error));
        continue;
      }
      try {
        await write(Buffer.from(group.map((w) => w.text).join('')));
      } catch (failure) {
        refuse(group, failure);
        continue;
      }
      for (const one of group) {
        kept.arrived(one.line);
        one.done();
      }
    }
    flushing = null;
  }

  return {
    ...view,
    trouble,
    append: (line, receivedAt) =>
      new Promise<void>((done, fail) => {
        waiting.push({ text: encodeRecord(line, receivedAt), line, done, fail });
        flushing ??= Promise.resolve().then(flush);
      }),
    close: async () => {
      clearTimeout(again);
      if (flushing) await flushing;
      // The last chance of what is kept in memory.
      await writeKept();
      clearTimeout(again);
      view.release();
      await file.close();
    },
  };
}

// The append-only journal on the server's own disk: an event is acknowledged when its line is here, and the database may be
// away for as long as it likes. One record a line: checksum, time of receipt, event line. Those who wait share one fdatasync.
import { type FileHandle, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Position } from '../store/journals.js';

export interface JournalOptions {
  /** A new segment begins past this size, bytes. */
  segmentBytes?: number;
}

export interface JournalRecord {
  line: string;
  receivedAt: number;
  /** Why it is to be kept aside whatever it says, e.g. because its checksum does not match; empty when it is whole. */
  refusal: string;
}

export interface Journal {
  /** Resolves when the line is on disk; rejects when it could not be written (then it was not acknowledged to anybody). */
  append(line: string, receivedAt: number): Promise<void>;
  /** Reads up to `max` records from a place on, and the place after them. A torn last line of an old segment is passed over. */
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
  close(): Promise<void>;
}

interface Waiting {
  text: string;
  done: () => void;
  fail: (error: unknown) => void;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;
const DAMAGED = 'the journal record is damaged: its checksum does not match';
const nameOf = (segment: number) => `${String(segment).padStart(10, '0')}.log`;
const numberOf = (name: string) => (/^\d{10}\.log$/.test(name) ? Number(name.slice(0, 10)) : null);

/** One record as it stands on disk. The checksum covers what follows it, so a torn or rotten line is told from a whole one. */
export function encodeRecord(line: string, receivedAt: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break inside a record would split it
  const body = `${receivedAt} ${line.replace(/[\r\n\u0000]/g, ' ')}`;
  return `${crc32(body).toString(16).padStart(8, '0')} ${body}\n`;
}

/** Reads one record back; damage is told, not thrown. */
export function decodeRecord(text: string): JournalRecord {
  const body = text.slice(9);
  const space = body.indexOf(' ');
  const receivedAt = Number(body.slice(0, space));
  const intact =
    space > 0 && Number.isFinite(receivedAt) && crc32(body).toString(16).padStart(8, '0') === text.slice(0, 8);
  return intact
    ? { line: body.slice(space + 1), receivedAt, refusal: '' }
    : { line: text, receivedAt: 0, refusal: DAMAGED };
}

/** Opens the journal in a folder, which is made when it isn't there. Each start writes to a new segment: a torn tail stays behind. */
export async function openJournal(folder: string, options: JournalOptions = {}): Promise<Journal> {
  const segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
  await mkdir(folder, { recursive: true });
  const segments = async () =>
    (await readdir(folder))
      .map(numberOf)
      .filter((n): n is number => n !== null)
      .sort((a, b) => a - b);
  let segment = ((await segments()).at(-1) ?? 0) + 1;
  let file: FileHandle = await open(join(folder, nameOf(segment)), 'ax');
  let size = 0;
  let broken = false;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;
  let watchers: (() => void)[] = [];

  async function rotate(): Promise<void> {
    const next = await open(join(folder, nameOf(segment + 1)), 'ax');
    await file.close().catch(() => undefined);
    file = next;
    segment += 1;
    size = 0;
    broken = false;
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const bytes = Buffer.from(group.map((w) => w.text).join(''));
      try {
        // After a failed write nobody knows what the segment's tail holds: go on in a new one.
        if (broken || size >= segmentBytes) await rotate();
        await file.appendFile(bytes);
        await file.datasync();
        size += bytes.length;
        for (const one of group) one.done();
      } catch (error) {
        broken = true;
        for (const one of group) one.fail(error);
      }
      const wake = watchers;
      watchers = [];
      for (const watcher of wake) watcher();
    }
    flushing = null;
  }

  async function read(from: Position, max: number): Promise<{ records: JournalRecord[]; next: Position }> {
    const all = await segments();
    let place = from;
    for (;;) {
      const exists = all.includes(place.segment);
      const limit =
        place.segment === segment ? size : exists ? (await stat(join(folder, nameOf(place.segment)))).size : 0;
      const records =
        exists && place.offset < limit
          ? await readSome(join(folder, nameOf(place.segment)), place.offset, limit, max)
          : null;
      if (records && records.found.length > 0)
        return { records: records.found, next: { segment: place.segment, offset: records.end } };
      const later = all.find((n) => n > place.segment && n <= segment);
      if (later === undefined) return { records: [], next: place };
      place = { segment: later, offset: 0 };
    }
  }

  return {
    append: (line, receivedAt) =>
      new Promise<void>((done, fail) => {
        waiting.push({ text: encodeRecord(line, receivedAt), done, fail });
        flushing ??= flush();
      }),
    read,
    wait: (from, ms) =>
      new Promise<void>((resolve) => {
        if (from.segment < segment || from.offset < size) return resolve();
        const timer = setTimeout(resolve, ms);
        watchers.push(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
    end: () => ({ segment, offset: size }),
    start: async () => ({ segment: (await segments())[0] ?? segment, offset: 0 }),
    behind: (from) => bytesBehind(folder, from),
    retire: async (upTo, before) => {
      let gone = 0;
      for (const n of (await segments()).filter((s) => s < upTo.segment && s < segment)) {
        const path = join(folder, nameOf(n));
        if ((await stat(path)).mtimeMs >= before) continue;
        await unlink(path);
        gone += 1;
      }
      return gone;
    },
    close: async () => {
      if (flushing) await flushing;
      for (const watcher of watchers) watcher();
      await file.close();
    },
  };
}

/** Bytes of a journal after a place; looks at the files only, so it may be asked beside the server that writes them. */
export async function bytesBehind(folder: string, from: Position): Promise<number> {
  const numbers = (await readdir(folder)).map(numberOf).filter((n): n is number => n !== null && n >= from.segment);
  const sizes = await Promise.all(
    numbers.map(async (n) => {
      const { size } = await stat(join(folder, nameOf(n)));
      return n === from.segment ? Math.max(0, size - from.offset) : size;
    }),
  );
  return sizes.reduce((a, b) => a + b, 0);
}

async function readSome(
  path: string,
  offset: number,
  limit: number,
  max: number,
): Promise<{ found: JournalRecord[]; end: number }> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(READ_BYTES, limit - offset));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    const found: JournalRecord[] = [];
    let begin = 0;
    while (found.length < max) {
      const newline = buffer.subarray(0, bytesRead).indexOf(10, begin);
      if (newline < 0) break;
      found.push(decodeRecord(buffer.toString('utf8', begin, newline)));
      begin = newline + 1;
    }
    return { found, end: offset + begin };
  } finally {
    await file.close();
  }
}

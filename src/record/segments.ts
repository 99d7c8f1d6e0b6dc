// A journal on disk: numbered segments of records, one record a line. Reading only; who writes is journal.ts.
import { open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Position } from '../store/journals.js';

export interface JournalRecord {
  line: string;
  receivedAt: number;
  /** Why it is to be kept aside whatever it says, e.g. because its checksum does not match; empty when it is whole. */
  refusal: string;
}

/** Read at once for so many records, bytes: more than most of them have; and never more than this, so that memory is bounded. */
const READ_BYTES = { each: 512, most: 4 * 1024 * 1024 };
const DAMAGED = 'the journal record is damaged: its checksum does not match';

export const segmentPath = (folder: string, segment: number) =>
  join(folder, `${String(segment).padStart(10, '0')}.log`);
const numberOf = (name: string) => (/^\d{10}\.log$/.test(name) ? Number(name.slice(0, 10)) : null);

/** Numbers of the segments that exist, in order. */
export async function listSegments(folder: string): Promise<number[]> {
  const numbers = (await readdir(folder)).map(numberOf).filter((n): n is number => n !== null);
  return numbers.sort((a, b) => a - b);
}

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

/**
 * Reads up to `max` records from a place on, as far as `end`, and the place after them. A torn last line of an old segment
 * is passed over: nobody was told that it was safe.
 */
export async function readRecords(
  folder: string,
  from: Position,
  end: Position,
  max: number,
): Promise<{ records: JournalRecord[]; next: Position }> {
  const all = await listSegments(folder);
  let place = from;
  for (;;) {
    const exists = all.includes(place.segment);
    const path = segmentPath(folder, place.segment);
    const limit = place.segment === end.segment ? end.offset : exists ? (await stat(path)).size : 0;
    if (exists && place.offset < limit) {
      const { found, next } = await readSome(path, place.offset, limit, max);
      if (found.length > 0) return { records: found, next: { segment: place.segment, offset: next } };
    }
    const later = all.find((n) => n > place.segment && n <= end.segment);
    if (later === undefined) return { records: [], next: place };
    place = { segment: later, offset: 0 };
  }
}

/** Bytes of a journal after a place; looks at the files only, so it may be asked beside the server that writes them. */
export async function bytesBehind(folder: string, from: Position): Promise<number> {
  const numbers = (await listSegments(folder)).filter((n) => n >= from.segment);
  const sizes = await Promise.all(
    numbers.map(async (n) => {
      const { size } = await stat(segmentPath(folder, n));
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
): Promise<{ found: JournalRecord[]; next: number }> {
  const file = await open(path, 'r');
  try {
    // A record longer than the buffer is read with a larger one; only the torn end of a segment has no line break at all.
    for (let size = Math.min(max * READ_BYTES.each, READ_BYTES.most); ; size *= 4) {
      const buffer = Buffer.allocUnsafe(Math.min(size, limit - offset));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      const { found, begin } = recordsIn(buffer.subarray(0, bytesRead), max);
      if (found.length > 0 || bytesRead >= limit - offset) return { found, next: offset + begin };
    }
  } finally {
    await file.close();
  }
}

function recordsIn(bytes: Buffer, max: number): { found: JournalRecord[]; begin: number } {
  const found: JournalRecord[] = [];
  let begin = 0;
  while (found.length < max) {
    const newline = bytes.indexOf(10, begin);
    if (newline < 0) break;
    found.push(decodeRecord(bytes.toString('utf8', begin, newline)));
    begin = newline + 1;
  }
  return { found, begin };
}

/** Removes segments that lie wholly before a place and were last written before `before`, ms. Returns how many. */
export async function retireSegments(folder: string, upTo: Position, before: number): Promise<number> {
  let gone = 0;
  for (const n of (await listSegments(folder)).filter((s) => s < upTo.segment)) {
    if ((await stat(segmentPath(folder, n))).mtimeMs >= before) continue;
    await unlink(segmentPath(folder, n));
    gone += 1;
  }
  return gone;
}

// Lines of a file as bytes with the place where each begins; gzip is unpacked on the way. A last line without its end is torn.
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

export interface Line {
  bytes: Buffer;
  /** Byte in the (unpacked) file at which it begins, and the one after its end. */
  from: number;
  to: number;
  /** False for a last line that has no line feed: its writer may not be done with it. */
  whole: boolean;
}

/** Longest line that is kept whole; what is longer is cut and surely refused later. */
const LONGEST = 65_536;

/** The lines of a file from a byte on. @throws as the file system does. */
export async function* linesOf(path: string, from: number): AsyncGenerator<Line> {
  const packed = path.endsWith('.gz');
  const file = createReadStream(path, { start: packed ? 0 : from, highWaterMark: 1 << 18 });
  const stream = packed ? file.pipe(createGunzip()) : file;
  // A pipe does not pass errors on.
  if (packed) file.once('error', (error) => stream.destroy(error));
  let at = packed ? 0 : from;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
    let begin = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, begin)) {
      const line = lineOf(bytes, begin, end, at);
      if (line.from >= from) yield line;
      begin = end + 1;
    }
    at += begin;
    rest = bytes.subarray(begin);
    if (rest.length > LONGEST * 16)
      throw new Error(`${path} has no line feed in a megabyte from byte ${at}: it is no text file`);
  }
  if (rest.length > 0 && at >= from) yield { bytes: rest, from: at, to: at + rest.length, whole: false };
}

function lineOf(bytes: Buffer, begin: number, end: number, at: number): Line {
  const stop = end > begin && bytes[end - 1] === 13 ? end - 1 : end;
  return {
    bytes: bytes.subarray(begin, Math.min(stop, begin + LONGEST)),
    from: at + begin,
    to: at + end + 1,
    whole: true,
  };
}

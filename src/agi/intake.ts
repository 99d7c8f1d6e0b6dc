// Bytes in; one header, then lines, out. Each byte is looked at once, and what is kept of an unfinished line or
// header is bounded, however the sender cuts it into packets.
import type { AgiLimits } from './options.js';
import type { Trouble } from './stats.js';

export interface IntakeSink {
  /** The environment is whole: its lines, without the blank one. */
  header(text: string): void;
  line(text: string): void;
  /** A limit is passed; nothing more is read. */
  excess(trouble: Trouble): void;
}

const LF = 10;
const CR = 13;

export class Intake {
  readonly #sink: IntakeSink;
  readonly #limits: AgiLimits;
  #kept: Buffer | null = null;
  #used = 0;
  #inHeader = true;
  #stopped = false;
  /** Of the header: bytes of the line being read, lines and bytes so far. */
  #lineBytes = 0;
  #lines = 0;
  #bytes = 0;

  constructor(sink: IntakeSink, limits: AgiLimits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  /** True while a line or the header has begun and not ended. */
  get unfinished(): boolean {
    return this.#used > 0;
  }

  /** Nothing more is read or kept. */
  stop(): void {
    this.#stopped = true;
    this.#kept = null;
    this.#used = 0;
  }

  read(chunk: Buffer): void {
    if (this.#stopped) return;
    const start = this.#inHeader ? this.#readHeader(chunk) : 0;
    if (start >= 0) this.#readLines(chunk, start);
  }

  /** Gives the place after the blank line, or -1 when the chunk is used up. */
  #readHeader(chunk: Buffer): number {
    const end = this.#scanHeader(chunk);
    if (this.#stopped) return -1;
    if (end < 0) {
      this.#keep(chunk, 0);
      return -1;
    }
    this.#inHeader = false;
    this.#sink.header(this.#take(chunk, 0, end));
    return end;
  }

  #scanHeader(chunk: Buffer): number {
    const { maxLineBytes, maxLines, maxHeaderBytes } = this.#limits;
    const room = Math.min(chunk.length, maxHeaderBytes - this.#bytes);
    let lineBytes = this.#lineBytes;
    for (let i = 0; i < room; i++) {
      const byte = chunk[i];
      if (byte !== LF) {
        if (byte !== CR && ++lineBytes > maxLineBytes) return this.#excess('line_too_long');
      } else {
        if (lineBytes === 0) return i + 1;
        lineBytes = 0;
        if (++this.#lines > maxLines) return this.#excess('too_many_lines');
      }
    }
    if (room < chunk.length) return this.#excess('header_too_long');
    this.#lineBytes = lineBytes;
    this.#bytes += room;
    return -1;
  }

  #readLines(chunk: Buffer, from: number): void {
    let start = from;
    while (!this.#stopped && start < chunk.length) {
      const end = chunk.indexOf(LF, start);
      const size = (end < 0 ? chunk.length : end) - start;
      if (this.#used + size > this.#limits.maxLineBytes) this.#excess('line_too_long');
      else if (end < 0) this.#keep(chunk, start);
      else this.#sink.line(this.#take(chunk, start, end));
      if (end < 0) return;
      start = end + 1;
    }
  }

  #excess(trouble: Trouble): -1 {
    this.stop();
    this.#sink.excess(trouble);
    return -1;
  }

  /** What was kept and the chunk's part, as text, without the line's CR. */
  #take(chunk: Buffer, start: number, end: number): string {
    let bytes = chunk;
    let from = start;
    let to = end;
    if (this.#kept) {
      this.#keep(chunk.subarray(0, end), start);
      bytes = this.#kept;
      from = 0;
      to = this.#used;
      this.#kept = null;
      this.#used = 0;
    }
    while (to > from && bytes[to - 1] === CR) to--;
    return bytes.toString('utf8', from, to);
  }

  /** Room doubles, so a line that comes byte by byte costs no more than one that comes at once. */
  #keep(chunk: Buffer, start: number): void {
    const size = chunk.length - start;
    let kept = this.#kept;
    if (!kept || kept.length < this.#used + size) {
      const roomier = Buffer.allocUnsafe(Math.max(512, (this.#used + size) * 2));
      kept?.copy(roomier, 0, 0, this.#used);
      kept = roomier;
    }
    chunk.copy(kept, this.#used, start);
    this.#kept = kept;
    this.#used += size;
  }
}

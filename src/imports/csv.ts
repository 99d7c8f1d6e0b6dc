// Rows of Asterisk's Master.csv: every text in quotes, a quote in it doubled, and sometimes a line feed too.
import { type Line, linesOf } from './lines.js';
import type { Raw } from './row.js';
import { decode } from './text.js';

/** cdr_csv writes these, the last six as cdr.conf says. */
const STOCK = [
  ...[
    'accountcode',
    'src',
    'dst',
    'dcontext',
    'clid',
    'channel',
    'dstchannel',
    'lastapp',
    'lastdata',
    'start',
    'answer',
    'end',
  ],
  ...['duration', 'billsec', 'disposition', 'amaflags'],
];
const MORE: Record<number, string[]> = {
  16: [],
  17: ['uniqueid'],
  18: ['uniqueid', 'userfield'],
  19: ['peeraccount', 'linkedid', 'sequence'],
  20: ['uniqueid', 'peeraccount', 'linkedid', 'sequence'],
  21: ['uniqueid', 'userfield', 'peeraccount', 'linkedid', 'sequence'],
};
/** Lines that one row may go over. */
const MOST_LINES = 20;

export interface CsvRecord {
  raw: Raw;
  from: number;
  to: number;
  text: string;
  /** Why it is no row; empty when it is one. */
  fault: string;
}

/** Rows from a byte of the file on. `columns` names them when the file has an order of its own; a first line of names does so too. */
export async function* csvRecords(
  path: string,
  from: number,
  columns: readonly string[] = [],
): AsyncGenerator<CsvRecord> {
  let names = columns;
  let held: Line[] = [];
  for await (const line of linesOf(path, from)) {
    held.push(line);
    const bytes = Buffer.concat(held.flatMap((one, i) => (i === 0 ? [one.bytes] : [LF, one.bytes])));
    if (quotes(bytes) % 2 === 1 && held.length < MOST_LINES && line.whole) continue;
    const place = { from: held[0]?.from ?? line.from, to: line.to };
    held = [];
    const { text, latin1 } = decode(bytes);
    if (text.trim() === '') continue;
    // The server may be writing it: the next run reads it.
    if (!line.whole && quotes(bytes) % 2 === 1) return;
    const cells = split(text);
    if (place.from === 0 && names.length === 0 && cells.includes('channel') && cells.includes('disposition')) {
      names = cells.map((cell) => cell.toLowerCase());
      continue;
    }
    yield { ...place, text, ...rawOf(cells, names, latin1 ? bytes : null) };
  }
}

const LF = Buffer.from('\n');

function rawOf(cells: string[], named: readonly string[], bytes: Buffer | null): { raw: Raw; fault: string } {
  const more = MORE[cells.length];
  const names = named.length > 0 ? named : more && [...STOCK, ...more];
  if (!names)
    return { raw: {}, fault: `${cells.length} cells: cdr_csv writes 16 to 21; name the columns with --columns` };
  if (cells.length !== names.length) return { raw: {}, fault: `${cells.length} cells where ${names.length} are named` };
  // Bytes that are no UTF-8 stay bytes, so that the row is marked for them.
  const value = (cell: string) => (bytes === null || !/[^\0-\x7f]/.test(cell) ? cell : Buffer.from(cell, 'latin1'));
  return { raw: Object.fromEntries(names.map((name, i) => [name, value(cells[i] ?? '')])), fault: '' };
}

function quotes(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(34); at >= 0; at = bytes.indexOf(34, at + 1)) count += 1;
  return count;
}

/** One row's cells. A quote within a text is doubled; one that is not, as old versions write it, stays what it is. */
export function split(text: string): string[] {
  const cells: string[] = [];
  let at = 0;
  while (at <= text.length) {
    if (text[at] !== '"') {
      const comma = text.indexOf(',', at);
      const end = comma < 0 ? text.length : comma;
      cells.push(text.slice(at, end));
      at = end + 1;
      continue;
    }
    let end = at + 1;
    for (; end < text.length; end += 1) {
      if (text[end] !== '"') continue;
      if (text[end + 1] === '"') end += 1;
      else if (end + 1 === text.length || text[end + 1] === ',') break;
    }
    cells.push(text.slice(at + 1, end).replaceAll('""', '"'));
    at = end + 2;
  }
  return cells;
}

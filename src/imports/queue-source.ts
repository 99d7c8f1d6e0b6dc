// Where lines of queue_log come from: the file with its rotated ones, packed or not, or a table.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Db } from '../store/database.js';
import { describeTable, pageBy } from '../store/foreign.js';
import { ImportFault, type Place } from './cdr-source.js';
import { linesOf } from './lines.js';
import { type QueueRead, readQueueCells, readQueueLine } from './queue-line.js';
import type { Raw } from './row.js';
import { clockOf } from './zone.js';

export interface QueueLine {
  read: QueueRead;
  place: string;
  line: string;
}

export interface QueueSource {
  name: string;
  size: number;
  notes: string[];
  /** Pieces from a place on, each with the place after it. */
  pages(from: Place, now: number): AsyncGenerator<{ lines: QueueLine[]; done: number; next: Place }>;
}

const PAGE = 5000;

/** A file of queue_log and the rotated ones beside it (`queue_log.1`, `queue_log-20260131.gz`), oldest first. @throws ImportFault */
export function queueFiles(path: string): QueueSource {
  if (!existsSync(path))
    throw new ImportFault(`there is no file ${path}; --from takes a file of queue_log, or mysql://user@host/database.`);
  const files = rotated(path).map((name) => ({ name, ...keyOf(name) }));
  return {
    name: `file ${path}`,
    size: files.reduce((sum, file) => sum + file.size, 0),
    notes:
      files.length > 1
        ? [`${files.length} files, oldest first: ${files.map((file) => basename(file.name)).join(', ')}`]
        : [],
    pages: (from, now) => filePages(files, from, now),
  };
}

function rotated(path: string): string[] {
  const base = basename(path);
  const others = readdirSync(dirname(path)).filter(
    (name) => name.startsWith(base) && /^[.-][\d.-]+(\.gz)?$/.test(name.slice(base.length)),
  );
  const old = others.map((name) => join(dirname(path), name));
  return [...old.sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs), path];
}

/** A file keeps its inode when it is renamed. Packing makes a new one: its lines are known by themselves, and count once. */
function keyOf(path: string): { key: string; size: number } {
  const { ino, size, mtimeMs } = statSync(path);
  return path.endsWith('.gz') ? { key: `gz ${size} ${Math.floor(mtimeMs)}`, size } : { key: `inode ${ino}`, size };
}

async function* filePages(files: readonly { name: string; key: string; size: number }[], from: Place, now: number) {
  const offsets = { ...(from['files'] as Record<string, number> | undefined) };
  let before = 0;
  for (const { name, key, size } of files) {
    const start = offsets[key] ?? 0;
    let lines: QueueLine[] = [];
    let at = start <= size || name.endsWith('.gz') ? start : 0;
    for await (const line of linesOf(name, at)) {
      // The PBX may be writing the last line: the next run reads it.
      if (!line.whole) break;
      at = line.to;
      if (line.bytes.length === 0) continue;
      lines.push({
        read: readQueueLine(line.bytes, now),
        place: `${basename(name)} byte ${line.from}`,
        line: line.bytes.toString('latin1'),
      });
      if (lines.length < PAGE) continue;
      offsets[key] = at;
      yield { lines, done: before + Math.min(at, size), next: { files: { ...offsets } } };
      lines = [];
    }
    offsets[key] = at;
    before += size;
    if (lines.length > 0) yield { lines, done: before, next: { files: { ...offsets } } };
  }
}

/** A table of queue_log as Asterisk's realtime writes it. @throws ImportFault when it is none. */
export async function queueTable(db: Db, table: string, timeZone: string): Promise<QueueSource> {
  const found = await describeTable(db, table);
  if (!found) throw new ImportFault(`there is no table ${table} in ${db.where}. Name the right one with --table.`);
  const lacking = ['time', 'callid', 'queuename', 'agent', 'event'].filter((name) => !found.columns.has(name));
  if (lacking.length > 0)
    throw new ImportFault(`table ${table} of ${db.where} has no column ${lacking.join(', ')}: it is no queue_log.`);
  const notes = found.indexed.has('time') ? [] : [`${table} has no index on time: each piece reads the whole table.`];
  const clock = clockOf(timeZone);
  const lineOf = (raw: Raw, now: number): QueueLine => {
    const text = (name: string) => String((raw[name] as string | null) ?? '');
    const data = found.columns.has('data1') ? [1, 2, 3, 4, 5].map((i) => text(`data${i}`)) : text('data').split('|');
    const cells = {
      time: text('time'),
      callid: text('callid'),
      queue: text('queuename'),
      agent: text('agent'),
      event: text('event'),
      data,
    };
    return {
      read: readQueueCells(cells, now, clock),
      place: `${text('time')} ${text('callid')} ${text('event')}`,
      line: Object.values(cells).join('|'),
    };
  };
  return {
    name: `${db.where}, table ${table}`,
    size: found.rows,
    notes,
    async *pages(from, now) {
      let time = (from['time'] as string | undefined) ?? null;
      let limit = notes.length > 0 ? PAGE * 5 : PAGE;
      let done = 0;
      for (;;) {
        const page = await pageBy(db, found, 'time', { from: time, until: null, limit });
        const last = String((page.at(-1)?.['time'] as string | undefined) ?? '');
        const whole = page.length < limit;
        const rows = whole ? page : page.filter((row) => String(row['time'] as string) !== last);
        if (rows.length === 0 && !whole) {
          limit *= 4;
          continue;
        }
        done += rows.length;
        if (rows.length > 0) yield { lines: rows.map((row) => lineOf(row, now)), done, next: { time: last } };
        if (whole) return;
        time = last;
      }
    },
  };
}

// Where rows of cdr come from: a table of a database, or a file of cdr_csv. Both are read in pieces and can be gone on with.
import { existsSync, statSync } from 'node:fs';
import type { Db } from '../store/database.js';
import { describeTable, type ForeignTable, pageBy, rowsWhere } from '../store/foreign.js';
import { type CsvRecord, csvRecords } from './csv.js';
import type { Raw } from './row.js';

export type Place = Record<string, unknown>;

export interface SourceRow {
  raw: Raw;
  /** Where it stands, for messages and for going on. */
  place: string;
  /** Why it is no row; empty when it is one. */
  fault: string;
  line: string;
}

export interface CdrSource {
  /** Address and table, or the file; without user and password. */
  name: string;
  /** About how many rows, or bytes, there are. */
  size: number;
  /** What the person should know before it begins, such as a missing index. */
  notes: string[];
  /** Pieces from a place on; `done` counts rows or bytes, as `size` does. */
  pages(from: Place): AsyncGenerator<{ rows: SourceRow[]; done: number }>;
  /** Where to go on so that the row at this place is read again. */
  again(place: string): Place;
  /** How long after the end of its last row a call may still get another one in this order, ms. */
  patience: number;
  /** What passes by in this order: calldate in a table, the end of the channel in a file. */
  passes: 'start' | 'end';
  /** The rows of cel for some linkedids; null without cel. */
  cel: ((linkedids: readonly string[]) => Promise<Raw[]>) | null;
}

/** A failure that a person can read: what, where, and the way out. */
export class ImportFault extends Error {
  override name = 'ImportFault';
}

/** Small enough that rows of a page die young: memory stays bounded. */
const PAGE = 2000;
/** Without an index each piece reads the whole table: better few large ones. */
const LARGE_PAGE = 25_000;
const MOST_PAGE = 400_000;
const MINUTE = 60_000;

/** The columns of cdr that are read. */
const CDR =
  'calldate start clid src dst dcontext channel dstchannel lastapp lastdata duration billsec disposition uniqueid linkedid sequence did recordingfile cnum cnam'.split(
    ' ',
  );

/** A table of a database. `until` bounds calldate from above. @throws ImportFault when it is no cdr. */
export async function tableSource(
  db: Db,
  { table, cel, since, until }: { table: string; cel: string | null; since: string | null; until: string | null },
): Promise<CdrSource> {
  const described = await need(db, table, ['uniqueid', 'channel', 'disposition', 'duration']);
  const time = ['calldate', 'start'].find((name) => described.columns.has(name));
  if (time === undefined)
    throw new ImportFault(
      `table ${table} of ${db.where} has neither calldate nor start: it is no cdr. Name the right one with --table.`,
    );
  const celTable = cel === null ? null : await need(db, cel, ['eventtype', 'eventtime', 'linkedid', 'uniqueid']);
  return {
    name: `${db.where}, table ${table}`,
    size: described.rows,
    notes: [...missing(described, time), ...(celTable ? missing(celTable, 'linkedid') : [])],
    pages: (from) =>
      pagesOf(db, described, time, { from: dayBefore(from['calldate'] as string | undefined) ?? since, until }),
    again: (place) => ({ calldate: place.split('|', 1)[0] ?? null }),
    patience: 10 * MINUTE,
    passes: 'start',
    cel: celTable && ((linkedids) => rowsWhere(db, celTable, 'linkedid', linkedids, CEL)),
  };
}

/**
 * A row is written when its part of the call ends, and stands under the time at which it began: what a run has passed may get
 * rows afterwards. So the next one begins a day earlier; what it finds there unchanged costs little.
 */
function dayBefore(calldate: string | undefined): string | null {
  const at = Date.parse(`${calldate?.replace(' ', 'T') ?? ''}Z`);
  return Number.isNaN(at) ? null : new Date(at - 24 * 60 * MINUTE).toISOString().slice(0, 19).replace('T', ' ');
}

async function need(db: Db, table: string, columns: readonly string[]): Promise<ForeignTable> {
  const found = await describeTable(db, table);
  if (!found)
    throw new ImportFault(
      `there is no table ${table} in ${db.where}. Name the right one, or look at the user's rights (SELECT).`,
    );
  const lacking = columns.filter((name) => !found.columns.has(name));
  if (lacking.length === 0) return found;
  throw new ImportFault(
    `table ${table} of ${db.where} has no column ${lacking.join(', ')}: it is not one of Asterisk's.`,
  );
}

const missing = (table: ForeignTable, column: string): string[] =>
  table.indexed.has(column)
    ? []
    : [
        `${table.name} has no index on ${column}: each piece reads the whole table. CREATE INDEX ${column} ON ${table.name} (${column}) makes it fast.`,
      ];

/** Pieces of whole seconds: calldate alone is ordered, and a second that is cut in two would lose or repeat rows. */
async function* pagesOf(
  db: Db,
  table: ForeignTable,
  time: string,
  range: { from: string | null; until: string | null },
) {
  let { from } = range;
  let limit = table.indexed.has(time) ? PAGE : LARGE_PAGE;
  let done = 0;
  for (;;) {
    const page = await pageBy(db, table, time, { from, until: range.until, limit, columns: CDR });
    const last = page.at(-1);
    const whole = page.length < limit;
    const lastTime = textOf(last?.[time]);
    const rows = whole ? page : page.filter((row) => textOf(row[time]) !== lastTime);
    if (rows.length === 0 && !whole) {
      limit *= 4;
      if (limit > MOST_PAGE)
        throw new ImportFault(
          `more than ${MOST_PAGE / 4} rows of ${table.name} have the ${time} ${lastTime}: look what they are, and leave them out with --since.`,
        );
      continue;
    }
    done += rows.length;
    if (rows.length > 0)
      yield { rows: rows.map((raw) => ({ raw, place: placeOf(raw, time), fault: '', line: '' })), done };
    if (whole) return;
    from = lastTime;
  }
}

const textOf = (value: unknown): string => (value === null || value === undefined ? '' : String(value as string));
const placeOf = (raw: Raw, time: string) => [raw[time], raw['uniqueid'], raw['sequence']].map(textOf).join('|');

/** A file of cdr_csv, with cel as a file or without. @throws ImportFault when it is not there. */
export function fileSource(path: string, columns: readonly string[], celPath: string | null): CdrSource {
  for (const one of [path, ...(celPath === null ? [] : [celPath])])
    if (!existsSync(one))
      throw new ImportFault(`there is no file ${one}; --from takes a file, or mysql://user@host/database.`);
  const { ino, size } = statSync(path);
  return {
    name: `file ${path}`,
    size,
    notes: [],
    pages: (from) =>
      filePages(path, columns, from['inode'] === ino && Number(from['offset']) <= size ? Number(from['offset']) : 0),
    again: (place) => ({ inode: ino, offset: Number(place.replace(/\D/g, '')) }),
    // A row is written when its part of the call ends: the earlier parts of a long call come long before its last.
    patience: 240 * MINUTE,
    passes: 'end',
    cel: celPath === null ? null : celOfFile(celPath),
  };
}

async function* filePages(path: string, columns: readonly string[], from: number) {
  let rows: SourceRow[] = [];
  let done = from;
  for await (const record of csvRecords(path, from, columns)) {
    rows.push({ raw: record.raw, place: `byte ${record.from}`, fault: record.fault, line: record.text });
    done = record.to;
    if (rows.length < PAGE) continue;
    yield { rows, done };
    rows = [];
  }
  if (rows.length > 0) yield { rows, done };
}

/** Largest cel file: it is held in memory, since its order is not that of cdr. A larger one belongs into a table. */
const MOST_CEL = 64 << 20;
/** The order of docs/imports.md, for a file without a first line of names. */
const CEL =
  'eventtype,eventtime,cid_name,cid_num,exten,context,channame,appname,appdata,uniqueid,linkedid,peer,extra'.split(',');

function celOfFile(path: string): (linkedids: readonly string[]) => Promise<Raw[]> {
  if (statSync(path).size > MOST_CEL)
    throw new ImportFault(
      `${path} is larger than ${MOST_CEL >> 20} MB: a file of cel is held in memory. Load it into a table and name that.`,
    );
  let read: Promise<Map<string, Raw[]>> | null = null;
  return async (linkedids) => {
    read ??= byLinkedid(csvRecords(path, 0, CEL));
    const all = await read;
    return linkedids.flatMap((id) => all.get(id) ?? []);
  };
}

async function byLinkedid(records: AsyncGenerator<CsvRecord>): Promise<Map<string, Raw[]>> {
  const found = new Map<string, Raw[]>();
  for await (const { raw, fault } of records) {
    if (fault !== '') continue;
    const id = textOf(raw['linkedid']);
    found.set(id, [...(found.get(id) ?? []), raw]);
  }
  return found;
}

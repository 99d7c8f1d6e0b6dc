// The index of the recordings. The files are the truth: what stands here was found by a scan, and is found again by the next one.
import { randomBytes } from 'node:crypto';
import type { Db } from './database.js';
import { insertAll } from './insert.js';
import { cut } from './text.js';
import { fromDb, toDb } from './time.js';

export type RecordingState = 'growing' | 'whole' | 'empty' | 'gone' | 'purged';

export interface Recording {
  id: string;
  pbx: string;
  /** Digests of pbx with path, folder and file name. */
  place: string;
  folder: string;
  name: string;
  /** Below the root. */
  path: string;
  kind: string;
  target: string;
  uniqueid: string;
  /** Empty: of no call that is known. */
  call: string;
  bytes: number;
  /** ms, all of them. */
  modifiedAt: number;
  takenAt: number;
  foundAt: number;
  state: RecordingState;
  goneAt: number | null;
  goneWhy: string;
}

interface Stored extends Pick<Recording, 'id' | 'pbx' | 'place' | 'folder' | 'name' | 'path' | 'kind' | 'target'> {
  uniqueid: string;
  call_id: string;
  bytes: number;
  modified_at: string;
  taken_at: string;
  found_at: string;
  state: RecordingState;
  gone_at: string | null;
  gone_why: string;
}

const TABLE = 'recordings';
const LONGEST_WORD = 80;
const LONGEST_TEXT = 255;
/** Values in one question. */
const AT_ONCE = 500;

const toRow = (one: Recording): Stored => ({
  ...{ id: one.id, pbx: one.pbx, place: one.place, folder: one.folder, name: one.name, path: one.path },
  ...{ kind: one.kind, target: cut(one.target, LONGEST_WORD), uniqueid: one.uniqueid, call_id: one.call },
  ...{ bytes: one.bytes, modified_at: toDb(one.modifiedAt), taken_at: toDb(one.takenAt), found_at: toDb(one.foundAt) },
  ...{ state: one.state, gone_at: toDb(one.goneAt), gone_why: cut(one.goneWhy, LONGEST_TEXT) },
});

const fromRow = (row: Stored): Recording => ({
  ...{ id: row.id, pbx: row.pbx, place: row.place, folder: row.folder, name: row.name, path: row.path },
  ...{ kind: row.kind, target: row.target, uniqueid: row.uniqueid, call: row.call_id, bytes: Number(row.bytes) },
  ...{ modifiedAt: fromDb(row.modified_at), takenAt: fromDb(row.taken_at), foundAt: fromDb(row.found_at) },
  ...{ state: row.state, goneAt: fromDb(row.gone_at), goneWhy: row.gone_why },
});

/** An id that tells nothing and can't be guessed: 128 bits. */
export const newRecordingId = (): string => randomBytes(16).toString('base64url');

export const insertRecordings = (db: Db, recordings: readonly Recording[]): Promise<void> =>
  insertAll(
    db.knex,
    TABLE,
    recordings.map((one) => ({ ...toRow(one) })),
  );

/** Writes a recording anew under its id. */
export async function updateRecording(db: Db, one: Recording): Promise<void> {
  const { id, ...row } = toRow(one);
  await db.knex(TABLE).where({ id }).update(row);
}

/** What is known of the files that stand, or stood, in a folder: id and state by place. A flat folder may hold a hundred thousand. */
export async function placesIn(db: Db, folder: string): Promise<Map<string, { id: string; state: RecordingState }>> {
  const rows = (await db.knex(TABLE).where({ folder }).select('id', 'place', 'state')) as Stored[];
  return new Map(rows.map(({ id, place, state }) => [place, { id, state }]));
}

/** Notes that files are gone. */
export async function setGone(db: Db, ids: readonly string[], at: number): Promise<void> {
  for (let i = 0; i < ids.length; i += AT_ONCE)
    await db
      .knex(TABLE)
      .whereIn('id', ids.slice(i, i + AT_ONCE))
      .update({ state: 'gone', gone_at: toDb(at) });
}

/** Says of which call a recording is. */
export async function linkRecording(db: Db, id: string, call: string): Promise<void> {
  await db.knex(TABLE).where({ id }).update({ call_id: call });
}

/** All recordings of these file names, wherever they stood. */
export async function recordingsNamed(db: Db, names: readonly string[]): Promise<Recording[]> {
  const found: Stored[] = [];
  for (let i = 0; i < names.length; i += AT_ONCE)
    found.push(...((await db.knex(TABLE).whereIn('name', names.slice(i, i + AT_ONCE))) as Stored[]));
  return found.map(fromRow);
}

export async function recordingById(db: Db, id: string): Promise<Recording | null> {
  const row = (await db.knex(TABLE).where({ id }).first()) as Stored | undefined;
  return row ? fromRow(row) : null;
}

/** Recordings of some calls, in the order in which they began. */
export async function recordingsOfCalls(db: Db, calls: readonly string[]): Promise<Recording[]> {
  const rows = (await db
    .knex(TABLE)
    .whereIn('call_id', [...calls])
    .orderBy([{ column: 'taken_at' }, { column: 'id' }])) as Stored[];
  return rows.map(fromRow);
}

/** Recordings of no known call that were found from `since` on, ms; with `after` only those behind it in the order of their ids. */
export async function unlinkedRecordings(
  db: Db,
  asked: { pbx: string; since: number; after: string; limit: number },
): Promise<Recording[]> {
  const rows = (await db
    .knex(TABLE)
    .where({ call_id: '', pbx: asked.pbx })
    .where('found_at', '>=', toDb(asked.since))
    .where('id', '>', asked.after)
    .orderBy('id')
    .limit(asked.limit)) as Stored[];
  return rows.map(fromRow);
}

/** Recordings in one state, the oldest first: taken before `before` (ms), behind `after` in that order. */
export async function recordingsByAge(
  db: Db,
  asked: {
    pbx: string;
    states: readonly RecordingState[];
    before: number;
    after: { takenAt: number; id: string } | null;
    limit: number;
  },
): Promise<Recording[]> {
  const query = db
    .knex(TABLE)
    .where({ pbx: asked.pbx })
    .whereIn('state', [...asked.states])
    .where('taken_at', '<', toDb(asked.before))
    .orderBy([{ column: 'taken_at' }, { column: 'id' }])
    .limit(asked.limit);
  const { after } = asked;
  if (after !== null) {
    const at = toDb(after.takenAt);
    query.where('taken_at', '>=', at).where((rest) => {
      rest.where('taken_at', '>', at).orWhere('id', '>', after.id);
    });
  }
  return ((await query) as Stored[]).map(fromRow);
}

export interface RecordingTotal {
  state: RecordingState;
  linked: boolean;
  files: number;
  bytes: number;
}

/** How many there are, and how large they are together. */
export async function recordingTotals(db: Db, pbx: string): Promise<RecordingTotal[]> {
  const linked = db.knex.raw("CASE WHEN call_id = '' THEN 0 ELSE 1 END");
  const rows = (await db
    .knex(TABLE)
    .where({ pbx })
    .groupBy('state', linked)
    .select('state', db.knex.raw("CASE WHEN call_id = '' THEN 0 ELSE 1 END AS linked"))
    .count({ files: '*' })
    .sum({ bytes: 'bytes' })) as { state: RecordingState; linked: number; files: number; bytes: number }[];
  return rows.map((row) => ({
    ...{ state: row.state, linked: Number(row.linked) === 1, files: Number(row.files), bytes: Number(row.bytes) },
  }));
}

export interface FolderRow {
  folder: string;
  path: string;
  /** ms. */
  changedAt: number;
  scannedAt: number;
}

/** The folders of a PBX as they were read last, by digest. */
export async function recordingFolders(db: Db, pbx: string): Promise<Map<string, FolderRow>> {
  const rows = (await db.knex('recording_folders').where({ pbx })) as {
    folder: string;
    path: string;
    changed_at: string;
    scanned_at: string;
  }[];
  return new Map(
    rows.map(({ folder, path, changed_at, scanned_at }) => [
      folder,
      { folder, path, changedAt: fromDb(changed_at), scannedAt: fromDb(scanned_at) },
    ]),
  );
}

export async function saveRecordingFolder(db: Db, pbx: string, row: FolderRow): Promise<void> {
  const times = { changed_at: toDb(row.changedAt), scanned_at: toDb(row.scannedAt) };
  await db
    .knex('recording_folders')
    .insert({ folder: row.folder, pbx, path: row.path, ...times })
    .onConflict('folder')
    .merge();
}

/** Forgets a folder that is no longer there. */
export const dropRecordingFolder = (db: Db, folder: string): Promise<number> =>
  db.knex('recording_folders').where({ folder }).del();

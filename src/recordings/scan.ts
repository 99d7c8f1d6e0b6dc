// Looks through the folder of the recordings and keeps the index equal to it. Only folders that changed are read, only files that are
// new or still written are asked for their size; nothing is ever followed out of the folder.
import type { Dirent, Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '../store/database.js';
import { callsRunning } from '../store/recording-calls.js';
import {
  dropRecordingFolder,
  type FolderRow,
  insertRecordings,
  newRecordingId,
  placesIn,
  type Recording,
  recordingFolders,
  recordingsByAge,
  recordingsNamed,
  saveRecordingFolder,
  setGone,
  updateRecording,
} from '../store/recordings.js';
import { formatOf, readName, stateOf } from './layout.js';
import { digest } from './place.js';
import { each } from './wide.js';

export interface ScanParts {
  db: Db;
  pbx: string;
  root: string;
  /** Reads every folder, also those that have not changed. */
  full?: boolean;
  signal?: AbortSignal;
  now?: () => number;
  progress?: (counts: ScanCounts) => void;
}

export interface ScanCounts {
  folders: number;
  /** Folders that had changed and were read. */
  read: number;
  found: number;
  /** Known files that stand elsewhere now. */
  moved: number;
  /** Known files that are not there any more. */
  gone: number;
  /** Files that are still written, or were, and were asked again. */
  asked: number;
  /** What can't be a recording of ours: links, pipes, names that are no text. */
  odd: number;
}

/** Files in one insert, and between two breaths of the event loop. */
const BATCH = 500;
/** A folder that was changed so shortly before it was read may have changed again within the same tick of its clock, ms. */
const TICK_MS = 2000;
/** A path deeper than this is none of a PBX's making. */
const DEEPEST = 8;

/**
 * Scans. Restartable at any point: what was written down stays, the rest is found the next time.
 * @throws when the root can't be read; a folder that can't be read within is passed over and counted as odd
 */
export async function scan(parts: ScanParts): Promise<ScanCounts> {
  const { db, pbx, root, now = Date.now } = parts;
  const counts: ScanCounts = { folders: 0, read: 0, found: 0, moved: 0, gone: 0, asked: 0, odd: 0 };
  const known = await recordingFolders(db, pbx);
  const left = new Set(known.keys());
  const children = childrenOf(known);
  // The root may be a link to another disk.
  await (await opendir(root)).close();
  const waiting = [''];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (parts.signal?.aborted) return counts;
    const key = digest(pbx, path);
    const found = await statOf(join(root, path), path === '');
    if (found === null) continue;
    left.delete(key);
    counts.folders += 1;
    const before = known.get(key);
    const changedAt = Math.floor(found.mtimeMs);
    if (!parts.full && before !== undefined && isAsBefore(before, changedAt)) {
      waiting.push(...(children.get(path) ?? []));
      continue;
    }
    const scannedAt = now();
    const folders = await readFolder(parts, path, counts);
    counts.read += 1;
    if (folders === null) continue;
    waiting.push(...folders.filter((one) => one.split('/').length <= DEEPEST));
    await saveRecordingFolder(db, pbx, { folder: key, path, changedAt, scannedAt });
    parts.progress?.(counts);
  }
  for (const key of left) await forgetFolder(parts, key, counts);
  await askAgain(parts, counts);
  return counts;
}

const isAsBefore = ({ changedAt, scannedAt }: FolderRow, now: number): boolean =>
  changedAt === now && scannedAt - changedAt > TICK_MS;

function childrenOf(known: ReadonlyMap<string, FolderRow>): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const { path } of known.values()) {
    if (path === '') continue;
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    children.set(parent, [...(children.get(parent) ?? []), path]);
  }
  return children;
}

/** A real folder; null for what is none any more. */
async function statOf(full: string, isRoot: boolean): Promise<Stats | null> {
  const found = await lstat(isRoot ? `${full}/` : full).catch(() => null);
  return found?.isDirectory() ? found : null;
}

const below = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);

/** Reads one folder into the index; its folders, or null when it can't be read. */
async function readFolder(parts: ScanParts, path: string, counts: ScanCounts): Promise<string[] | null> {
  const { db, pbx, root } = parts;
  // Without a mark for its end a name that is no UTF-8 would be read as another, and never found: such names are left alone.
  const directory = await opendir(join(root, path), { bufferSize: 512 }).catch(() => null);
  if (directory === null) {
    counts.odd += 1;
    return null;
  }
  const folders: string[] = [];
  const places = await placesIn(db, digest(pbx, path));
  let fresh: string[] = [];
  let seen = 0;
  for await (const entry of directory) {
    if (parts.signal?.aborted) return null;
    if (entry.isDirectory()) folders.push(below(path, entry.name));
    else if (isOdd(entry)) counts.odd += 1;
    else if (entry.isFile() && formatOf(entry.name) !== null) {
      const place = digest(pbx, below(path, entry.name));
      const state = places.get(place)?.state;
      places.delete(place);
      // A file that was thought to be gone and is there again is asked like a new one.
      if (state === undefined || state === 'gone' || state === 'purged') fresh.push(below(path, entry.name));
    }
    if (fresh.length >= BATCH) {
      await takeIn(parts, fresh, counts);
      fresh = [];
    }
    seen += 1;
    if (seen % BATCH === 0) await breathe();
  }
  await takeIn(parts, fresh, counts);
  const gone = [...places.values()].filter(({ state }) => state !== 'gone' && state !== 'purged').map(({ id }) => id);
  counts.gone += gone.length;
  await setGone(db, gone, (parts.now ?? Date.now)());
  return folders;
}

/** U+FFFD stands for bytes that are no text; nobody could open the file by that name. */
const isOdd = (entry: Dirent): boolean =>
  entry.name.includes('\ufffd') || !(entry.isFile() || entry.name.startsWith('.'));

const breathe = () => new Promise((resolve) => setImmediate(resolve));

/** Files that are not known at their place: new ones, or known ones that were moved here and keep their ids. */
async function takeIn(parts: ScanParts, paths: readonly string[], counts: ScanCounts): Promise<void> {
  const { db, pbx, root, now = Date.now } = parts;
  const at = now();
  const made = (await each(paths, (path) => lookAt(root, pbx, path, at))).filter((one) => one !== null);
  if (made.length === 0) return;
  const before = new Map<string, Recording[]>();
  for (const one of await recordingsNamed(db, [...new Set(made.map(({ name }) => name))]))
    before.set(one.name, [...(before.get(one.name) ?? []), one]);
  const fresh: Recording[] = [];
  for (const one of made) {
    const old = await lastPlaceOf(one, before.get(one.name) ?? [], root);
    if (old === null) fresh.push(one);
    else {
      // One place has one row: what stood there under another id was the same file seen twice.
      await updateRecording(db, { ...one, id: old.id, call: old.call, foundAt: old.foundAt });
      if (old.place !== one.place) counts.moved += 1;
    }
  }
  counts.found += fresh.length;
  await insertRecordings(db, fresh);
  parts.progress?.(counts);
}

/** The row that a file had before it was moved: the one of its own place, or one of its name whose file is gone from where it stood. */
async function lastPlaceOf(one: Recording, named: Recording[], root: string): Promise<Recording | null> {
  const own = named.find(({ place }) => place === one.place);
  if (own !== undefined) return own;
  for (const old of named) {
    if (old.bytes > one.bytes || (old.state !== 'growing' && old.bytes !== one.bytes)) continue;
    const there = await lstat(join(root, old.path)).catch(() => null);
    if (there === null) {
      named.splice(named.indexOf(old), 1);
      return old;
    }
  }
  return null;
}

async function lookAt(root: string, pbx: string, path: string, now: number): Promise<Recording | null> {
  const found = await lstat(join(root, path)).catch(() => null);
  if (!found?.isFile()) return null;
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const said = readName(path);
  const modifiedAt = within(Math.floor(found.mtimeMs));
  return {
    ...{ id: newRecordingId(), pbx, path, place: digest(pbx, path), name: digest(pbx, name) },
    folder: digest(pbx, path.slice(0, Math.max(0, slash))),
    ...{ kind: said.kind, target: said.target, uniqueid: said.uniqueid, call: '', bytes: found.size },
    ...{ modifiedAt, takenAt: Math.max(modifiedAt, within(said.at ?? 0)), foundAt: now },
    ...{ state: stateOf({ name, bytes: found.size, modifiedAt }, now), goneAt: null, goneWhy: '' },
  };
}

/** 2100: no clock of ours goes further. */
const END = 4_102_444_800_000;
/** A time that the tables can hold: the disk, or a caller, may say any. */
const within = (ms: number): number => Math.min(Math.max(ms, 0), END - 1);

async function forgetFolder(parts: ScanParts, key: string, counts: ScanCounts): Promise<void> {
  const places = await placesIn(parts.db, key);
  const gone = [...places.values()].filter(({ state }) => state !== 'gone' && state !== 'purged').map(({ id }) => id);
  counts.gone += gone.length;
  await setGone(parts.db, gone, (parts.now ?? Date.now)());
  await dropRecordingFolder(parts.db, key);
}

/** Files that were being written: a file that grows does not change its folder. */
async function askAgain(parts: ScanParts, counts: ScanCounts): Promise<void> {
  const { db, pbx, root, now = Date.now } = parts;
  let after: { takenAt: number; id: string } | null = null;
  for (;;) {
    const some: Recording[] = await recordingsByAge(db, {
      ...{ pbx, states: ['growing'], before: END, after, limit: BATCH },
    });
    // A caller on hold makes no sound: the file rests, and grows on afterwards.
    const running = await callsRunning(
      db,
      [...new Set(some.map(({ call }) => call))].filter((call) => call !== ''),
    );
    for (const one of some) {
      if (parts.signal?.aborted) return;
      const seen = await lookAt(root, pbx, one.path, now());
      counts.asked += 1;
      if (seen !== null && running.has(one.call)) seen.state = 'growing';
      if (seen === null) await setGone(db, [one.id], now());
      else if (seen.bytes !== one.bytes || seen.state !== one.state)
        await updateRecording(db, { ...seen, id: one.id, call: one.call, foundAt: one.foundAt });
    }
    const last = some.at(-1);
    if (last === undefined || some.length < BATCH) return;
    after = { takenAt: last.takenAt, id: last.id };
  }
}

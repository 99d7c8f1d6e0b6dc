// What `dialhook journal` shows: the journal on disk, looked at from outside. Reads only; a server may be writing it meanwhile.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalReport, JournalView } from '../cli/deps.js';
import type { Config } from '../config/options.js';
import { bytesBehind, type JournalRecord, listSegments, readRecords, segmentPath } from '../record/segments.js';
import { openDatabase } from '../store/database.js';
import { findJournal } from '../store/journals.js';

/** A database that does not answer within this is away, ms. */
const PATIENCE_MS = 5000;
const AT_A_TIME = 1000;

/** Opens the journal of the configured data directory. Throws ENOENT when there is none. */
export async function journalOf(config: Config): Promise<JournalView> {
  const folder = join(config.dataDir, 'journal');
  const segments = await listSegments(folder);
  return {
    report: () => reportOf(config, folder, segments),
    records: () => recordsOf(folder, segments),
  };
}

async function reportOf(config: Config, folder: string, segments: readonly number[]): Promise<JournalReport> {
  const sizes = await Promise.all(segments.map(async (n) => (await stat(segmentPath(folder, n))).size));
  const server = await readFile(join(folder, 'server'), 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  const applied = await appliedOf(config, server);
  return {
    folder,
    server,
    segments: segments.length,
    bytes: sizes.reduce((a, b) => a + b, 0),
    applied: applied.error === '' ? applied.state : null,
    behind: applied.error === '' ? await bytesBehind(folder, applied.state ?? { segment: 0, offset: 0 }) : null,
    databaseError: applied.error,
  };
}

type Applied = { error: string; state: { segment: number; offset: number; events: number; appliedAt: number } | null };

async function appliedOf(config: Config, server: string): Promise<Applied> {
  const db = openDatabase(config.databaseUrl, { queryTimeoutMs: PATIENCE_MS, connectTimeoutMs: PATIENCE_MS });
  try {
    const state = server === '' ? null : await findJournal(db, server);
    return { error: '', state };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), state: null };
  } finally {
    await db.close();
  }
}

/** Every record, oldest first; a torn end of a segment is no record. */
async function* recordsOf(folder: string, segments: readonly number[]): AsyncGenerator<JournalRecord> {
  const last = segments.at(-1);
  if (last === undefined) return;
  const end = { segment: last, offset: (await stat(segmentPath(folder, last))).size };
  let place = { segment: segments[0] ?? last, offset: 0 };
  for (;;) {
    const { records, next } = await readRecords(folder, place, end, AT_A_TIME);
    if (records.length === 0) return;
    yield* records;
    place = next;
  }
}

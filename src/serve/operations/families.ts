// The figures of a running server, gathered when somebody reads /metrics. Labels are words of ours: kinds, states, paths of
// hooks; never a queue, an operator or a caller. What this process can't know is left out.
import { stat } from 'node:fs/promises';
import type { Snapshot } from '../../call/live.js';
import type { Recorder } from '../../record/recorder.js';
import { listSegments, segmentPath } from '../../record/segments.js';
import { spoolBytes } from '../../record/spool.js';
import type { Db } from '../../store/database.js';
import type { DoorCounts } from '../door.js';
import { BOUNDS } from '../hook-times.js';
import type { RecordingFigures } from '../recordings.js';
import { databaseFamilies } from './database-families.js';
import { bucketsOf, each, exposition, type Family, one } from './exposition.js';
import type { Tally } from './tally.js';

export interface Sources {
  /** Absent in what knows of none. */
  recordings?(): { figures(): RecordingFigures | null } | undefined;
  tally: Tally;
  db: Db;
  /** Null until the thread of the door has told, and where that role is off. */
  counts(): DoorCounts | null;
  recorder: Recorder | null;
  folder: string;
  spoolFiles: readonly string[];
  /** Null: the manager interface is switched off. */
  ami(): { up: boolean } | null;
  /** How the reading of FreePBX goes; null: switched off. Times are ms. */
  freepbx?(): { readAt: number | null; failingSince: number | null } | null;
  /** The lists for the dialplan; null: switched off. */
  lists?(): { entries: number; loaded: boolean | null; failingSince: number | null } | null;
  /** What the pages show; null where there are none, or where it is too old to be true. */
  now(): Snapshot | null;
}

/** All of them as Prometheus reads it. A part that can't be read is left out, the others are told. */
export async function metricsText(sources: Sources): Promise<string> {
  const parts = [
    () => [one('gauge', 'dialhook_up', 'Always 1: this server answers.', 1)],
    () => eventFamilies(sources),
    () => journalFamilies(sources),
    () => databaseFamilies(sources.db),
    () => spoolFamilies(sources),
    () => doorFamilies(sources.counts()),
    () => amiFamilies(sources),
    () => freepbxFamilies(sources.freepbx?.() ?? null),
    () => listsFamilies(sources.lists?.() ?? null),
    () => centreFamilies(sources.now()),
    () => recordingFamilies(sources.recordings?.()?.figures() ?? null),
  ];
  const read = await Promise.all(parts.map(async (part) => part()).map((part) => part.catch((): Family[] => [])));
  return `${exposition(read.flat())}\n${await sources.tally.text()}`;
}

function eventFamilies({ tally, recorder }: Sources): Family[] {
  if (!recorder) return [];
  const state = recorder.loop.status().state;
  const events = tally.events().map(({ kind, source, count }) => ({ value: count, labels: { kind, source } }));
  return [
    {
      ...{ name: 'dialhook_events_total', type: 'counter', samples: events },
      help: 'Events stored in the tables by this process, by kind and source; repeats count once.',
    },
    one('counter', 'dialhook_events_repeated_total', 'Events that came again and were known.', state?.repeated),
    one('counter', 'dialhook_events_rejected_total', 'Lines that were no events and are kept aside.', state?.rejected),
    one(
      'gauge',
      'dialhook_last_event_seconds',
      'Time of the latest event in the tables, by the clock of its PBX, seconds of the epoch.',
      state?.lastEventAt ? state.lastEventAt / 1000 : null,
    ),
  ];
}

async function journalFamilies({ recorder, folder }: Sources): Promise<Family[]> {
  if (!recorder) return [];
  const { journal, loop } = recorder;
  const { state, up, behindSince } = loop.status();
  const segments = await listSegments(folder);
  const sizes = await Promise.all(segments.map((n) => stat(segmentPath(folder, n)).then(({ size }) => size)));
  const behind = state ? await journal.behind(state) : null;
  const late = behind === 0 || behindSince === null ? 0 : Math.max(0, Date.now() - behindSince) / 1000;
  const { error, kept, dropped, droppedAt } = journal.trouble();
  return [
    one(
      'gauge',
      'dialhook_journal_bytes',
      'Size of the journal on disk.',
      sizes.reduce((a, b) => a + b, 0),
    ),
    one('gauge', 'dialhook_journal_segments', 'Files of the journal on disk.', segments.length),
    one('gauge', 'dialhook_journal_behind_bytes', 'Bytes of the journal that the tables do not hold yet.', behind),
    one(
      'gauge',
      'dialhook_behind_seconds',
      'Age of the oldest event that the tables do not hold yet; 0 when they hold all.',
      behind === null ? null : late,
    ),
    one('gauge', 'dialhook_database_up', '1 while the database takes what it is given.', up ? 1 : 0),
    one('gauge', 'dialhook_journal_writable', '0 while the disk refuses the journal.', error === '' ? 1 : 0),
    one('gauge', 'dialhook_journal_kept_lines', 'Lines that wait in memory for room on the disk.', kept),
    // A gauge: what the spool brings later is taken off again.
    one('gauge', 'dialhook_journal_dropped_lines', 'Lines lost since the start, less what the spool brought.', dropped),
    one(
      'gauge',
      'dialhook_journal_last_drop_seconds',
      'When the last line was lost, seconds of the epoch.',
      droppedAt === null ? null : droppedAt / 1000,
    ),
  ];
}

async function spoolFamilies({ recorder, spoolFiles, tally }: Sources): Promise<Family[]> {
  if (!recorder || spoolFiles.length === 0) return [];
  const sizes = await Promise.all(spoolFiles.map(spoolBytes));
  return [
    one('counter', 'dialhook_spool_lines_total', 'Lines taken from the spool files.', tally.spoolLines()),
    one(
      'gauge',
      'dialhook_spool_bytes',
      'Bytes in the spool files, not taken yet.',
      sizes.reduce((a, b) => a + b, 0),
    ),
  ];
}

function doorFamilies(counts: DoorCounts | null): Family[] {
  if (!counts) return [];
  const { agi, hooks, maxSessions, watchdog } = counts;
  const { refused, ...troubles } = agi.errors;
  const samples = Object.entries(hooks).flatMap(([path, times]) =>
    bucketsOf({ path: path === '' ? 'other' : path }, BOUNDS, times),
  );
  return [
    {
      ...{ name: 'dialhook_hook_seconds', type: 'histogram', samples },
      help: 'How long a FastAGI session held its call: from its connection to its end, by path.',
    },
    one('gauge', 'dialhook_agi_sessions', 'FastAGI sessions open now.', agi.open),
    one('gauge', 'dialhook_agi_sessions_limit', 'FastAGI sessions that may be open at once.', maxSessions),
    one('counter', 'dialhook_agi_sessions_total', 'FastAGI sessions since the start.', agi.total),
    one('counter', 'dialhook_agi_refused_total', 'Connections closed at once because the limit was reached.', refused),
    each('counter', 'dialhook_agi_troubles_total', 'What went wrong with sessions.', 'trouble', troubles),
    one('gauge', 'dialhook_watchdog_watched', '1 when systemd watches this server.', watchdog ? 1 : 0),
    one('counter', 'dialhook_watchdog_words_total', 'Words that we live, told to systemd.', watchdog?.told),
    one('counter', 'dialhook_watchdog_failed_total', 'Words that could not be told to systemd.', watchdog?.failed),
  ];
}

function amiFamilies({ ami, tally }: Sources): Family[] {
  const state = ami();
  if (!state) return [];
  return [
    one('gauge', 'dialhook_ami_up', '1 while logged in to the manager interface.', state.up ? 1 : 0),
    one(
      'counter',
      'dialhook_ami_logins_total',
      'Logins to the manager interface; all but one were reconnects.',
      tally.amiLogins(),
    ),
  ];
}

function freepbxFamilies(state: { readAt: number | null; failingSince: number | null } | null): Family[] {
  if (!state) return [];
  return [
    one(
      'gauge',
      'dialhook_freepbx_up',
      '1 while the configuration of FreePBX can be read.',
      state.failingSince ? 0 : 1,
    ),
    one(
      'gauge',
      'dialhook_freepbx_last_read_seconds',
      'When FreePBX was asked last and answered, seconds of the epoch.',
      state.readAt === null ? null : state.readAt / 1000,
    ),
  ];
}

function listsFamilies(
  state: { entries: number; loaded: boolean | null; failingSince: number | null } | null,
): Family[] {
  if (!state) return [];
  return [
    one(
      'gauge',
      'dialhook_lists_entries',
      'Lines of black list, VIPs and routes in the file for the dialplan.',
      state.entries,
    ),
    one(
      'gauge',
      'dialhook_lists_up',
      '1 while the lists can be read and the file written.',
      state.failingSince ? 0 : 1,
    ),
    one(
      'gauge',
      'dialhook_lists_loaded',
      '1 while the PBX has loaded what the file says.',
      state.loaded === null ? null : Number(state.loaded),
    ),
  ];
}

const CALLS = ['dialling', 'waiting', 'ringing', 'talking', 'held', 'parked', 'conference', 'menu', 'voicemail'];

function centreFamilies(now: Snapshot | null): Family[] {
  if (!now) return [];
  const calls: Record<string, number> = Object.fromEntries(CALLS.map((state) => [state, 0]));
  for (const { state } of now.calls) calls[state] = (calls[state] ?? 0) + 1;
  return [
    each('gauge', 'dialhook_calls', 'Open calls by state.', 'state', calls),
    each('gauge', 'dialhook_operators', 'Operators by state.', 'state', now.totals.operators),
    one('gauge', 'dialhook_waiting', 'Callers who wait in queues.', now.totals.waiting),
  ];
}

const FILES = ['growing', 'whole', 'empty', 'gone', 'purged'];

function recordingFamilies(figures: RecordingFigures | null): Family[] {
  if (!figures) return [];
  const { totals, disk, deleted, failed } = figures;
  const files: Record<string, number> = Object.fromEntries(FILES.map((state) => [state, 0]));
  for (const one of totals) files[one.state] = (files[one.state] ?? 0) + one.files;
  const sum = (some: typeof totals, of: 'files' | 'bytes') => some.reduce((all, one) => all + one[of], 0);
  const here = totals.filter(({ state }) => state !== 'gone' && state !== 'purged');
  return [
    each('gauge', 'dialhook_recordings', 'Recordings known, by state of the file.', 'state', files),
    one('gauge', 'dialhook_recordings_bytes', 'Size of the recordings that are there.', sum(here, 'bytes')),
    one(
      'gauge',
      'dialhook_recordings_unlinked',
      'Recordings that are there and of no known call.',
      sum(
        here.filter(({ linked }) => !linked),
        'files',
      ),
    ),
    one('gauge', 'dialhook_recordings_disk_bytes', 'Size of the disk of the recordings.', disk?.bytes),
    one('gauge', 'dialhook_recordings_disk_free_bytes', 'What is left of it.', disk?.free),
    each('counter', 'dialhook_recordings_deleted_total', 'Recordings deleted since the start.', 'why', { ...deleted }),
    one('counter', 'dialhook_recordings_failed_total', 'Recordings that could not be deleted.', failed),
  ];
}

// What the questions of health.ts look at, for the roles that this process has.
import { statfs } from 'node:fs/promises';
import type { Config } from '../../config/options.js';
import type { Recorder } from '../../record/recorder.js';
import type { Db } from '../../store/database.js';
import { tablesAnswer } from '../../store/health.js';
import type { Door } from '../door-keeper.js';
import type { Checks, Verdict } from './health.js';

export interface Watched {
  config: Pick<Config, 'roles'>;
  db: Db;
  /** The thread that answers Asterisk; not started where that role is off. */
  door: Pick<Door, 'answers'>;
  recorder: Recorder | null;
  /** Absent in what knows of none. */
  recordings?(): { trouble(): string | null } | undefined;
  folder: string;
  /** Whether the tables were brought up to date. */
  migrated(): boolean;
  /** Whether the FastAGI server listens. */
  listening(): boolean;
  stopping(): boolean;
}

const DOOR_MS = 500;
/** With less than this on the disk the next events may not be written, bytes. */
const LEAST_FREE = 1024 * 1024;

/** Alive: the main thread (it answers this very question) and the door's thread. What fails here is mended by a new start only. */
export function liveChecks({ door, recorder }: Watched): Checks {
  const checks: Checks = { main: () => true };
  if (recorder)
    checks['door'] = async () => (await door.answers(DOOR_MS)) || 'the thread that answers Asterisk does not answer';
  return checks;
}

/** Ready: alive, and each role can do its work. What fails here may pass by itself. */
export function readyChecks(watched: Watched): Checks {
  const { db, recorder } = watched;
  const checks: Checks = {
    ...liveChecks(watched),
    running: () => !watched.stopping() || 'it is being stopped',
    tables: () => tablesCheck(db, watched.migrated()),
  };
  if (recorder) {
    checks['agi'] = () => watched.listening() || 'the FastAGI server does not listen; the log says why';
    checks['journal'] = () => journalCheck(recorder, watched.folder);
  }
  // Calls go on without their recordings: said, but no reason to take the server out.
  const recordings = watched.recordings?.();
  if (recordings && recordings.trouble() !== null) checks['recordings'] = () => ({ warns: recordings.trouble() ?? '' });
  return checks;
}

async function tablesCheck(db: Db, migrated: boolean): Promise<Verdict> {
  const there = await tablesAnswer(db).catch(() => false);
  if (!there) return 'the database does not answer; events wait in the journal';
  if (!migrated) return 'the tables are not brought up to date yet';
  const node = db.node();
  return node && node.number > 1
    ? { warns: `number ${node.number} of the ${node.of} database servers is used, not the first` }
    : true;
}

async function journalCheck({ journal }: Recorder, folder: string) {
  if (journal.trouble().error !== '') return 'the disk does not take the journal';
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize >= LEAST_FREE || 'the disk of the journal is full';
}

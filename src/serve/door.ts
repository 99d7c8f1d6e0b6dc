// The door: the FastAGI server and the journal's writer in a thread of their own. A hook is answered there and nowhere
// else: however long a query, a page or a batch takes, no call waits for it. What both sides say to each other:
import type { AgiStats } from '../agi/stats.js';
import type { JournalTrouble } from '../record/journal.js';
import type { Position } from '../store/journals.js';
import type { Times } from './hook-times.js';
import type { Words } from './watchdog.js';

/** What the thread counted since its start. Told once a second, not at each request. */
export interface DoorCounts {
  agi: AgiStats;
  maxSessions: number;
  /** By path, from the accepted connection to its end. */
  hooks: Record<string, Times>;
  /** Null: nobody watches. */
  watchdog: Words | null;
}

/** What the door is started with. */
export interface DoorSetup {
  folder: string;
  host: string;
  port: number;
  lookupBudgetMs: number;
  logLevel: string;
  logPretty: boolean | 'auto';
  /** How long systemd waits for a word that we live, ms; 0 when nobody watches. */
  watchdogMs: number;
  /** Limits of src/agi. */
  agi: Record<string, number>;
}

export type ToDoor =
  | { kind: 'listen' }
  /** A line from this side: the spool, the comparison with the PBX. */
  | { kind: 'append'; id: number; line: string }
  /** Who is behind a number: the answer to `find`; null when nobody is known or the search failed. */
  | { kind: 'found'; id: number; client: { name: string; company: string; vip: boolean } | null }
  /** The main thread lives; for the watchdog. */
  | { kind: 'alive' }
  /** Does the thread answer? It says `here`. */
  | { kind: 'ask'; id: number }
  /** Take no new call, finish those under way. */
  | { kind: 'shut' }
  /** Write out what waits and end. */
  | { kind: 'end' };

export type FromDoor =
  | { kind: 'open'; end: Position }
  | { kind: 'moved'; end: Position }
  | { kind: 'trouble'; trouble: JournalTrouble }
  | { kind: 'counts'; counts: DoorCounts; trouble: JournalTrouble }
  | { kind: 'here'; id: number }
  | { kind: 'listening'; host: string; port: number }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'appended'; id: number; error: string }
  | { kind: 'find'; id: number; number: string }
  | { kind: 'shut' };

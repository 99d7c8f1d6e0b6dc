// What the commands are handed by main.ts: they know no database and start no server themselves.
import type { Scope } from '../auth/tokens.js';
import type { Role } from '../auth/users.js';
import type { Config } from '../config/options.js';
import type { CdrCounts } from '../imports/import-cdr.js';
import type { QueueCounts } from '../imports/import-queue-log.js';
import type { Log } from '../log/log.js';
import type { ListName, Lists } from '../store/lists.js';
import type { Probes } from './doctor/probes.js';

export interface Deps {
  version: string;
  /** Runs the roles of the configuration until `signal`; resolves when everything is down. `tell` reaches the person who started it. */
  serve(config: Config, context: { log: Log; tell: (text: string) => void; signal: AbortSignal }): Promise<void>;
  /** Brings the tables up to date, or with `dryRun` only looks. Names of the migrations that ran or would run. */
  migrate(config: Config, options: { dryRun: boolean }): Promise<string[]>;
  /** Makes the tables anew from the events, or with `dryRun` only compares. `differed` are the calls whose rows were wrong, `operators` those whose day was. */
  rebuild(
    config: Config,
    options: { dryRun: boolean; progress: (calls: number) => void },
  ): Promise<{ calls: number; differed: string[]; operators?: string[] }>;
  /** Brings a foreign cdr in; `from` is a file or an address with its password. @throws Failure in plain words. */
  importCdr(config: Config, asked: CdrAsked): Promise<{ counts: CdrCounts; name: string; notes: string[] }>;
  importQueueLog(config: Config, asked: ImportAsked): Promise<{ counts: QueueCounts; name: string }>;
  users(config: Config): Promise<Users>;
  tokens(config: Config): Promise<Tokens>;
  clients(config: Config): Promise<Clients>;
  /** Black list, VIPs and routes: what becomes dialplan. */
  lists(config: Config): Promise<ListsDoor>;
  /** The journal on this host's disk. */
  journal(config: Config): Promise<JournalView>;
  /** Brings spool files to a server as the dialplan would: each line is confirmed, then the file goes. */
  spool(config: Config, task: SpoolTask): Promise<SpoolResult>;
  /** Writes the database into a file. @throws Failure in plain words. */
  backup(config: Config, asked: BackupAsked): Promise<BackupMade>;
  /** Sections for the queues that stand in Asterisk's configuration in `etc` now; empty where there are none. */
  freepbxQueues(etc: string): Promise<string>;
  /** What FreePBX's own configuration says. @throws Failure in plain words. */
  freepbxSeen(config: Config): Promise<FreepbxSeen>;
  /** The recordings of this host. @throws Failure when there is no folder of them. */
  recordings(config: Config, signal: AbortSignal): Promise<RecordingsDoor>;
  /** What the doctor can look at with this configuration. */
  probes(config: Config): Probes;
}

/** What both imports are told; null takes the configuration's own. */
export interface ImportAsked {
  from: string;
  table: string;
  pbx: string | null;
  timeZone: string | null;
  dryRun: boolean;
  signal: AbortSignal;
  /** What the person should know before it begins. */
  note: (text: string) => void;
  progress: (rows: number, done: number, size: number) => void;
}

export interface CdrAsked extends ImportAsked {
  /** Table or file of cel; null without. */
  cel: string | null;
  columns: readonly string[];
  /** Days, `2026-01-31`. */
  since: string | null;
  until: string | null;
  operators: RegExp;
  batch: number;
}

export interface UserLine {
  login: string;
  name: string;
  role: Role;
  /** Endpoint of the phone; empty for none. */
  operator: string;
  disabled: boolean;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** The users, as far as the commands need them. Passwords are handed over as they are and hashed behind this door. */
export interface Users {
  list(): Promise<UserLine[]>;
  /** Throws with the code `exists` when the login is taken. */
  add(user: Pick<UserLine, 'login' | 'name' | 'role' | 'operator'> & { password: string }): Promise<void>;
  /** The next ones answer false when there is no such login. */
  setPassword(login: string, password: string): Promise<boolean>;
  setDisabled(login: string, disabled: boolean): Promise<boolean>;
  /** Ends all sessions. */
  signOut(login: string): Promise<boolean>;
  remove(login: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface TokenLine {
  id: string;
  /** Of the user it acts for. */
  login: string;
  name: string;
  scopes: Scope[];
  /** Milliseconds since the epoch, all three. */
  createdAt: number;
  expiresAt: number;
  usedAt: number | null;
  usedFrom: string;
}

/** The API tokens. */
export interface Tokens {
  list(): Promise<TokenLine[]>;
  /** `text` is the token, which nobody learns again; `idle` are scopes that the user's role does not allow now. Null: no such user. */
  add(token: {
    login: string;
    name: string;
    scopes: Scope[];
    days: number;
  }): Promise<{ id: string; text: string; expiresAt: number; idle: Scope[] } | null>;
  /** False when there is no such token. */
  remove(id: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface ClientLine {
  number: string;
  name: string;
  company: string;
  vip: boolean;
}

export interface Clients {
  list(limit: number): Promise<ClientLine[]>;
  /** Adds clients; one whose number is there already is overwritten. All or none. */
  save(clients: readonly ClientLine[]): Promise<void>;
  /** False when there is no such number. */
  remove(number: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface JournalReport {
  folder: string;
  /** Name of this journal in the tables; empty when it never had one. */
  server: string;
  segments: number;
  bytes: number;
  /** How far the tables are; null when nothing was applied yet, or the database does not answer. */
  applied: { segment: number; offset: number; events: number; appliedAt: number } | null;
  /** Bytes that the tables do not hold yet; null when the database does not answer. */
  behind: number | null;
  /** Why the database could not be asked; empty when it could. */
  databaseError: string;
}

export interface JournalView {
  report(): Promise<JournalReport>;
  /** Every record, oldest first. `refusal` says why one is no use; `receivedAt` is ms since the epoch. */
  records(): AsyncIterable<{ line: string; receivedAt: number; refusal: string }>;
}

export interface BackupAsked {
  /** The file to be written; null makes one with the time in its name in `folder`. */
  file: string | null;
  folder: string;
  /** Backups to be kept in the folder; 0 keeps all. */
  keep: number;
  /** Time of the name, ms. */
  now: number;
}

export interface BackupMade {
  file: string;
  bytes: number;
  /** Names of the old ones that were removed. */
  removed: string[];
}

/** Counts and names are those of src/recordings. */
export interface RecordingsDoor {
  status(): Promise<{
    folder: string;
    /** Null when it can't be read. */
    disk: { bytes: number; free: number; takenPercent: number } | null;
    totals: { state: string; linked: boolean; files: number; bytes: number }[];
    /** 0: for ever; by queue likewise. */
    days: number;
    queues: Readonly<Record<string, number>>;
    marks: { call: string; at: number; login: string; why: string }[];
  }>;
  scan(asked: {
    full: boolean;
    progress: (files: number) => void;
  }): Promise<Record<'folders' | 'read' | 'found' | 'moved' | 'gone' | 'asked' | 'odd' | 'tried' | 'linked', number>>;
  /** `from` null: the folder of the recordings itself. */
  move(asked: {
    from: string | null;
    dryRun: boolean;
    tell: (one: { name: string; to: string; how: string; error: string }) => void;
  }): Promise<Record<'moved' | 'done' | 'growing' | 'collision' | 'same' | 'failed' | 'bytes', number>>;
  purge(asked: { dryRun: boolean; progress: (files: number) => void }): Promise<{
    files: number;
    bytes: number;
    kept: number;
    failed: number;
    firstError: string;
    rules: { rule: string; files: number; bytes: number }[];
  }>;
  /** False when no such call is known. */
  keep(call: string, why: string): Promise<boolean>;
  /** False when there was no mark. */
  release(call: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface SpoolTask {
  files: readonly string[];
  /** Of the FastAGI server. */
  host: string;
  port: number;
  progress(lines: number): void;
}

export interface SpoolResult {
  files: number;
  lines: number;
}

export interface FreepbxSeen {
  /** Why FreePBX can't be read now; empty when it was. Then `items` are what was read last. */
  error: string;
  /** When the server read it last, ms; null for never. */
  readAt: number | null;
  items: {
    kind: string;
    number: string;
    name: string;
    /** What was typed by hand here where that is something else: it is what the screens show. */
    here: string;
    detail: Readonly<Record<string, string>>;
    /** Since when FreePBX has it no more, ms. */
    removedAt: number | null;
  }[];
}

export interface ListsDoor {
  list<K extends ListName>(name: K): Promise<Lists[K]>;
  /** Adds entries; one whose number is there already is overwritten. */
  save<K extends ListName>(name: K, entries: Lists[K]): Promise<void>;
  /** False when there is no such number. */
  remove(name: ListName, number: string): Promise<boolean>;
  close(): Promise<void>;
}

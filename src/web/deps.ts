// What the pages need from the rest of Dialhook; main.ts hands it in.
import type { FileHandle } from 'node:fs/promises';
import type { AuditStore } from '../auth/audit.js';
import type { ThrottleStore } from '../auth/throttle.js';
import type { TokenStore } from '../auth/tokens.js';
import type { SessionStore, User, UserStore } from '../auth/users.js';
import type { Call } from '../call/call.js';
import type { Snapshot } from '../call/live.js';

/** The part of a pino logger that is used here. */
export interface WebLog {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** The verbs of a click: a closed list. */
export const VERBS = ['call', 'hangup', 'login', 'logout', 'pause', 'unpause', 'done', 'extend'] as const;
export type Verb = (typeof VERBS)[number];

/**
 * Arguments of a click, already checked against the snapshot and the user's rights:
 * call {operator, to} · hangup {operator, call, channel} · login, logout, unpause, done, extend {operator} · pause {operator, reason}.
 */
export type ClickArgs = Readonly<Record<string, string>>;

/** sending, sent: on its way · confirmed: the dialplan said it ran · done: its effect was seen · failed, expired: `text` says why. */
export type ClickState = 'sending' | 'sent' | 'confirmed' | 'done' | 'failed' | 'expired';

export interface ClickNow {
  /** Id of the click; empty when it was refused before it was sent. */
  click: string;
  state: ClickState;
  /** For the person who clicked: what happened, or why nothing did. May be empty. */
  text: string;
}

/** One call of the operator's day. */
export interface RecentCall {
  call: string;
  /** When it started, ms. */
  at: number;
  direction: 'in' | 'out' | 'internal';
  /** The other side's number or endpoint. */
  party: string;
  name: string;
  vip: boolean;
  queue: string;
  /** A word of CallOutcome or OfferOutcome; `answered` is a talk. */
  outcome: string;
  /** Length of the talk, ms; null without one. */
  talk: number | null;
}

/** One call with all that became one with it. */
export interface Story {
  call: Call;
  /** The lines of its events that are still kept, of all its calls. */
  lines: readonly string[];
}

/** A finished call as a list has it; times are ms. */
export interface CallLine {
  call: string;
  pbx: string;
  direction: 'in' | 'out' | 'internal';
  from: string;
  name: string;
  to: string;
  operator: string;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number;
  wait: number;
  talk: number;
  outcome: string;
}

export interface CallsQuery {
  /** Started from this moment on, before that one, ms. */
  since: number;
  until: number;
  /** Only calls that stand after this one in the list. */
  after: { startedAt: number; call: string } | null;
  limit: number;
}

export interface JournalTrouble {
  /** The disk refuses it now. */
  refused: boolean;
  /** Events that wait in memory, and those that are lost; when the last was lost, ms. */
  kept: number;
  dropped: number;
  droppedAt: number | null;
}

export interface Status {
  database: { up: boolean };
  /** null: the AMI is switched off. */
  pbx: { up: boolean } | null;
  /** Events not applied to the tables yet, and for how long the oldest of them has waited, ms. */
  journal: {
    lag: number;
    behind: number;
    /** What the journal could not write, since the start; absent where this process writes none and can't know. */
    trouble?: JournalTrouble | null;
  };
}

/** The options of src/config that concern the pages, and some that have none there yet. */
export interface WebConfig {
  /** Zone of the clock and of "today". */
  timeZone: string;
  /** Address users know, `https://calls.example.org`; empty: whatever they asked for. */
  webOrigin: string;
  /** As express takes it. */
  webTrustProxy: boolean | number | string | string[];
  /** A session ends so long after its last request. */
  sessionHours: number;
  /** Hide the middle of callers' numbers from supervisors, and from operators whose call it is not; true by default. */
  maskNumbers?: boolean;
  /** What an operator can pause for, in the order of the buttons. */
  pauseReasons: readonly string[];
  /** From when on a pause is marked as a long one; 30 by default. */
  longPauseMinutes?: number;
  /** false: templates and assets are read anew each time, for those who work on them. */
  viewCache?: boolean;
}

/** growing: the call goes on, or the file was written just now · gone: the file is not there · purged: its time had come. */
export type RecordingShown = 'growing' | 'whole' | 'empty' | 'gone' | 'purged';

export interface CallRecording {
  /** Says nothing of where the file lies. */
  id: string;
  /** When it was written last, ms. */
  takenAt: number;
  bytes: number;
  /** How its name ends: `wav`. */
  ending: string;
  /** Whether a browser can play it. */
  plays: boolean;
  state: RecordingShown;
  goneAt: number | null;
  goneWhy: string;
}

/** A recording to be heard; who asked closes the file. */
export type Opened =
  | { state: 'unknown' | 'gone' | 'purged' | 'growing' }
  | { state: 'open'; file: FileHandle; bytes: number; type: string; call: string; name: string; ending: string };

export interface KeepMark {
  call: string;
  /** ms. */
  at: number;
  login: string;
  why: string;
}

export interface Listening {
  /** Recordings of all calls of a story, in their order. */
  of(calls: readonly string[]): Promise<CallRecording[]>;
  open(id: string): Promise<Opened>;
  /** The mark that keeps a story's recordings from being deleted. */
  kept(calls: readonly string[]): Promise<KeepMark | null>;
  keep(mark: KeepMark): Promise<void>;
  /** False when there was none. */
  release(calls: readonly string[]): Promise<boolean>;
}

export interface WebDeps {
  snapshots: { current(): Snapshot | null; failingSince?(): number | null };
  /** Sends a click; an error thrown here is shown as a failure without its text. */
  click(verb: Verb, args: ClickArgs, user: User): Promise<ClickNow>;
  /** Null: no such click, or none that this user may know of: an operator sees the own ones. */
  clickState(id: string, user: User): Promise<ClickNow | null>;
  users: UserStore;
  sessions: SessionStore;
  audit: AuditStore;
  throttle: ThrottleStore;
  tokens: TokenStore;
  status(): Status;
  /** Newest first, of the local day. */
  recentCalls(operator: string): Promise<RecentCall[]>;
  /** The story that a call is part of, finished or not; null: no such call. Events may be gone while the call is known. */
  story(call: string): Promise<Story | null>;
  /** Finished calls, newest first. */
  calls(query: CallsQuery): Promise<CallLine[]>;
  /** What has to be said on the monitor until it is over: of calls to the outside, of the disk of the recordings. */
  tollAlarms?(): readonly string[];
  /** The recordings; absent where no folder of them is configured. */
  recordings?: Listening | undefined;
  /** What is known of a number. */
  findClient?(number: string): Promise<{ name: string; company: string; vip: boolean } | null>;
  config: WebConfig;
  log: WebLog;
  now?: () => number;
}

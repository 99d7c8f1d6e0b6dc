// Pure. The read model of both screens: what exists now. One snapshot a second, shared by all who watch.

export type OperatorState = 'offline' | 'ready' | 'ringing' | 'talking' | 'wrap_up' | 'paused';

/** What a call does now; exactly one. `held`: somebody in it hears music; `menu`, `voicemail`: the PBX itself speaks. */
export type CallState =
  | 'dialling'
  | 'waiting'
  | 'ringing'
  | 'talking'
  | 'held'
  | 'parked'
  | 'conference'
  | 'menu'
  | 'voicemail';

export interface OperatorNow {
  /** Endpoint of the operator's phone, e.g. `101`: the operator's id in events. */
  operator: string;
  name: string;
  /** What FreePBX says of it that is not shown: another name, or that it is gone. Empty or absent while there is nothing to say. */
  mark?: string;
  state: OperatorState;
  /** Since when the state holds, ms; null when not known (offline since before the records). */
  since: number | null;
  /** Reason of a pause. */
  reason: string;
  /** When the wrap-up ends by itself, ms; null in every other state. */
  until: number | null;
  queues: string[];
  /** The call the operator rings or talks on; empty otherwise. In a wrap-up, `queue` is the one it is for. */
  call: string;
  /** Channel of the operator's own leg in that call, for hanging up. */
  channel: string;
  /** Queue of that call; empty for a direct call. */
  queue: string;
  party: string;
  partyName: string;
  partyVip: boolean;
  direction: 'in' | 'out' | 'internal' | '';
  /** How long the caller waited in that queue, ms; null before the answer and for a direct call. */
  waited: number | null;
  /** Figures of the local day. */
  offered: number;
  answered: number;
  missed: number;
}

export interface QueueNow {
  queue: string;
  title: string;
  /** As an operator's. */
  mark?: string;
  waiting: number;
  /** Entry time of the caller who waits longest; null when nobody waits. */
  longestSince: number | null;
  /** Operators logged in to this queue, by state. */
  crew: Record<Exclude<OperatorState, 'offline'>, number>;
  /** Of the local day; a ratio without data is null and shown as a dash. */
  offered: number;
  answered: number;
  abandoned: number;
  shortAbandoned: number;
  timeout: number;
  serviceLevel: { value: number; n: number } | null;
  /** Answer-in threshold T in seconds and the target of the service level in percent. */
  answerWithin: number;
  target: number;
}

export interface WaitingNow {
  call: string;
  position: number;
  number: string;
  name: string;
  vip: boolean;
  queue: string;
  queueTitle: string;
  since: number;
  priority: number | null;
  /** Offers so far in this visit. */
  offers: number;
  /** Endpoints whose phones ring for it now. */
  ringing: string[];
}

export interface CallNow {
  call: string;
  direction: 'in' | 'out' | 'internal';
  from: string;
  name: string;
  vip: boolean;
  to: string;
  /** What FreePBX calls the number that was dialled from outside. */
  toName?: string;
  queue: string;
  state: CallState;
  since: number;
  startedAt: number;
  /** Endpoints of operators in the call (talking, else ringing). */
  operators: string[];
  /** The caller's channel, for hanging up the whole call. */
  channel: string;
  /** What is strange about it, in words; empty for a call told in full. */
  odd: string;
  /** `ami`: no hook ever announced it, it was seen by comparing with the PBX. */
  source: 'hook' | 'ami';
  /** How many other calls became one with it: an attended transfer, a retrieved or picked-up call. */
  joined: number;
}

export interface Totals {
  waiting: number;
  longestSince: number | null;
  longestQueue: string;
  answered: number;
  abandoned: number;
  serviceLevel: { value: number; n: number } | null;
  /** Mean wait of answered visits of the day, seconds. */
  asa: number | null;
  /** Mean of talk, hold and wrap-up of the day's queue talks, seconds. */
  aht: number | null;
  operators: Record<OperatorState, number>;
}

/** One moment of the whole centre. */
export interface Snapshot {
  /** When it was read, ms by the server's clock. */
  at: number;
  /** When the last event was applied to the tables, ms; null on an empty database. */
  appliedAt: number | null;
  /** Events in the journal that the tables do not hold yet. */
  lag: number;
  queues: QueueNow[];
  waiting: WaitingNow[];
  operators: OperatorNow[];
  calls: CallNow[];
  totals: Totals;
  /** Newest first: short sentences for the ticker. */
  ticker: {
    at: number;
    queue: string;
    text: string;
    /** Of an event of a call. */
    call?: string;
    /** A number of ours in the text, which nobody needs to hide. */
    own?: string;
  }[];
}

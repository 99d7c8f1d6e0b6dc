// Pure. What a call is once its events are folded: call → legs, visits, offers, talks. Times are milliseconds since the epoch.

export type Direction = 'in' | 'out' | 'internal';

/** How a call ended; exactly one. `voicemail`: nobody answered and the caller left a message. `abandoned`: the caller gave up before anyone answered, in a queue or while a phone rang. `refused`: at the door of a queue, so nobody was rung. */
export type CallOutcome =
  | 'in_progress'
  | 'answered'
  | 'abandoned'
  | 'no_answer'
  | 'busy'
  | 'rejected'
  | 'unreachable'
  | 'timeout'
  | 'voicemail'
  | 'refused'
  | 'unrouted'
  | 'failed'
  | 'lost';

/** How a visit to a queue ended; exactly one (see docs/words.md). */
export type VisitOutcome =
  | 'in_progress'
  | 'answered'
  | 'abandoned'
  | 'timeout'
  | 'exit_key'
  | 'exit_empty'
  | 'withdrawn'
  | 'moved'
  | 'join_empty'
  | 'full'
  | 'closed';

/** How one ring of one device ended; exactly one. Only rang_out, rejected and unreachable count as missed by the operator. */
export type OfferOutcome =
  | 'in_progress'
  | 'answered'
  | 'rang_out'
  | 'rejected'
  | 'unreachable'
  | 'caller_gone'
  | 'answered_elsewhere';

/** One channel of the call that a person or a trunk holds. Local channels are plumbing and are no legs. */
export interface Leg {
  uniqueid: string;
  channel: string;
  /** `caller` started the call; `device` is an operator's phone that was rung; `trunk` leads outside. */
  role: 'caller' | 'device' | 'trunk';
  endpoint: string;
  queue: string;
  /** The number dialled to reach a trunk's leg; empty for the others. */
  dialled: string;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  /** Q.850 cause, as HANGUPCAUSE gave it. */
  cause: number | null;
  /** The SIP line behind the cause, e.g. `SIP 486 Busy Here`. */
  tech: string;
  /** A rung device has the outcome of its ring; `caller` began the story; `placed` called too: to consult, pick up or retrieve. */
  outcome: OfferOutcome | 'caller' | 'placed' | 'lost';
  /** The device was already in use when it began to ring. */
  waiting: boolean;
  /** `ami`: no hook ever spoke of this channel. */
  source: 'hook' | 'ami';
}

export interface Visit {
  queue: string;
  enteredAt: number;
  priority: number | null;
  /** Place in the queue on joining, from 1; null when it was never told. */
  position: number | null;
  answeredAt: number | null;
  /** Endpoint of the operator who answered. */
  operator: string;
  leftAt: number | null;
  outcome: VisitOutcome;
  /** Milliseconds from entry to the answer or the leave, ringing included; null while it runs. */
  wait: number | null;
}

export interface Offer {
  /** Index of the visit it belongs to. */
  visit: number;
  queue: string;
  operator: string;
  uniqueid: string;
  offeredAt: number;
  endedAt: number | null;
  /** Milliseconds the device rang; null while it rings. */
  ring: number | null;
  outcome: OfferOutcome;
}

export interface Talk {
  operator: string;
  /** The other side's number or endpoint. */
  party: string;
  queue: string;
  uniqueid: string;
  startedAt: number;
  endedAt: number | null;
  /** Milliseconds of it that one side held the other. */
  hold: number;
  /** Who left first; `transfer`: one side was handed on, or parked, and lived on without the other. */
  endedBy: 'operator' | 'party' | 'transfer' | 'system' | '';
}

/** What else can happen on the way of a call. */
export type StepKind =
  | 'menu'
  | 'forward'
  | 'transfer'
  | 'park'
  | 'pickup'
  | 'conference'
  | 'voicemail'
  | 'recording'
  | 'hold'
  | 'spy';

/** One such thing: a moment (then it ends as it starts), or a stretch. */
export interface Step {
  step: StepKind;
  /** Whose channel it happened to: an operator's endpoint, or empty for the caller and the trunk. */
  operator: string;
  uniqueid: string;
  startedAt: number;
  /** Null while it lasts. */
  endedAt: number | null;
  /** The menu, number, slot, room, mailbox, file or endpoint it is about. */
  what: string;
  /** How it came out, in a word of the kind: `ok`, `failed`, `returned`, `retrieved`, `came_back`, a key, a status. */
  outcome: string;
  /** Who else: the one who transferred, parked or took it; the role in a room; the mode of spying. */
  detail: string;
  /** Length of a message or file in ms, where it is known otherwise than by the times. */
  length: number | null;
  source: 'hook' | 'ami' | 'server';
}

export interface Call {
  id: string;
  pbx: string;
  direction: Direction;
  from: string;
  name: string;
  to: string;
  trunk: string;
  /** Endpoint of the operator who started the call; empty for a call from outside. */
  endpoint: string;
  click: string;
  /** The call on another PBX that this one came from; empty for most. */
  parent: string;
  /** Ids of the calls that became one with this one: an attended transfer, a retrieved or picked-up call. */
  joined: string[];
  linkedid: string;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  outcome: CallOutcome;
  endedBy: 'caller' | 'callee' | 'system' | '';
  /** What was strange about the call's events, in plain words; empty for a call told in full. */
  odd: string[];
  /** Number of distinct events folded. */
  events: number;
  legs: Leg[];
  /** Local channels: nobody holds them, but the call is not over while one lives. */
  plumbing: { uniqueid: string; channel: string; startedAt: number; endedAt: number | null }[];
  visits: Visit[];
  offers: Offer[];
  talks: Talk[];
  steps: Step[];
}

// Pure. What a call is once its events are folded: call → legs, visits, offers, talks. Times are milliseconds since the epoch.

export type Direction = 'in' | 'out' | 'internal';

/** How a call ended; exactly one. `abandoned`: the caller gave up before anyone answered, in a queue or while a phone rang. */
export type CallOutcome =
  | 'in_progress'
  | 'answered'
  | 'abandoned'
  | 'no_answer'
  | 'busy'
  | 'rejected'
  | 'unreachable'
  | 'timeout'
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
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  /** Q.850 cause, as HANGUPCAUSE gave it. */
  cause: number | null;
  /** The SIP line behind the cause, e.g. `SIP 486 Busy Here`. */
  tech: string;
  outcome: OfferOutcome | 'caller' | 'lost';
}

export interface Visit {
  queue: string;
  enteredAt: number;
  priority: number | null;
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
  /** Who left first. */
  endedBy: 'operator' | 'party' | 'system' | '';
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
}

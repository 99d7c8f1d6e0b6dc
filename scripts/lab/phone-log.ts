// What a phone saw and did, with the milliseconds of this machine's clock: the measure the dialplan's own times are compared with.

/** `_sent` is ours, `_received` the other side's; the rest is what became of a request of ours. */
export type PhoneEventKind =
  | 'registered'
  | 'unregistered'
  | 'register_refused'
  | 'invite_sent'
  | 'trying_received'
  | 'ringing_received'
  | 'progress_received'
  | 'answer_received'
  | 'refusal_received'
  | 'no_answer'
  | 'invite_received'
  | 'ringing_sent'
  | 'answer_sent'
  | 'refusal_sent'
  | 'ack_received'
  | 'cancel_sent'
  | 'cancel_received'
  | 'bye_sent'
  | 'bye_received'
  | 'hold_sent'
  | 'resume_sent'
  | 'hold_received'
  | 'resume_received'
  | 'dtmf_sent'
  | 'dtmf_received'
  | 'refer_sent'
  | 'refer_accepted'
  | 'refer_refused'
  | 'transfer_progress'
  | 'transferred'
  | 'transfer_failed'
  | 'options_received'
  | 'notify_received';

export interface PhoneEvent {
  /** Milliseconds since the epoch. */
  at: number;
  kind: PhoneEventKind;
  /** SIP Call-ID; '' for what belongs to no call. */
  callId: string;
  status?: number;
  /** Reason phrase, or the Reason header of a BYE or CANCEL. */
  reason?: string;
  /** The other side, as its INVITE names it. */
  number?: string;
  name?: string;
  /** The number an INVITE that came asks for (user of its Request-URI). */
  dialled?: string;
  /** Key pressed. */
  digit?: string;
  autoAnswer?: boolean;
  /** Headers of an INVITE that came, by lower-cased name; the first of each. */
  headers?: Record<string, string>;
}

export interface PhoneLog {
  readonly events: readonly PhoneEvent[];
  add(kind: PhoneEventKind, callId: string, fields?: Partial<PhoneEvent>): PhoneEvent;
  /**
   * Resolves with the first event from index `from` on that fits; also one that came before. `what` names it in the error.
   * @throws Error with the log after `deadline` ms.
   */
  waitFor(
    fits: PhoneEventKind | ((event: PhoneEvent) => boolean),
    deadline: number,
    more?: { from?: number; what?: string },
  ): Promise<PhoneEvent>;
  /** One line an event: time, kind, details. */
  text(): string;
}

/** How long a phone waits for an event unless said, ms: a busy machine has its time, and only a failure waits so long. */
export const PATIENCE_MS = 15_000;

/** A phone of the demo rings for days. */
const KEPT = 5000;

export function createPhoneLog(owner: string): PhoneLog {
  const events: PhoneEvent[] = [];
  const watchers = new Set<(event: PhoneEvent) => void>();
  const text = () => events.map(lineOf).join('\n');
  return {
    events,
    text,
    add(kind, callId, fields = {}) {
      const event = { at: Date.now(), kind, callId, ...fields };
      events.push(event);
      if (events.length > 2 * KEPT) events.splice(0, KEPT);
      for (const watcher of [...watchers]) watcher(event);
      return event;
    },
    waitFor(fits, deadline, { from = 0, what = typeof fits === 'string' ? fits : 'an event that fits' } = {}) {
      const matches = typeof fits === 'function' ? fits : (event: PhoneEvent) => event.kind === fits;
      const early = events.slice(from).find(matches);
      if (early !== undefined) return Promise.resolve(early);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(watcher);
          reject(new Error(`phone ${owner} waited ${deadline} ms for ${what}; it saw:\n${text() || 'nothing'}`));
        }, deadline);
        const watcher = (event: PhoneEvent) => {
          if (!matches(event)) return;
          clearTimeout(timer);
          watchers.delete(watcher);
          resolve(event);
        };
        watchers.add(watcher);
      });
    },
  };
}

function lineOf({ at, kind, callId, headers, ...rest }: PhoneEvent): string {
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${value}`);
  return [new Date(at).toISOString().slice(11, 23), kind, ...fields, callId.slice(0, 8)].join(' ');
}

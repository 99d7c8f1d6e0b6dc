// Keeps one session alive: connects in the background, tells up and down, never queues anything for later.
import { backoff } from './backoff.js';
import { AmiError } from './error.js';
import { type AmiFields, checkFields } from './fields.js';
import type { AmiMessage } from './message.js';
import type { Outcome } from './pending.js';
import { Session, type SessionOptions } from './session.js';

/** What is needed of a logger; pino's fits. */
export interface AmiLog {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

export interface AmiOptions extends Partial<SessionOptions> {
  host: string;
  port: number;
  user: string;
  secret: string;
  log: AmiLog;
  /** Deadline of an action in ms unless the call says otherwise; 5,000 by default. */
  timeoutMs?: number;
  /** Pause before the first new attempt, and the longest one; 1,000 and 30,000 ms by default. */
  backoffMs?: number;
  maxBackoffMs?: number;
  /** Pause after the PBX refused user or secret; 30,000 ms by default. Each attempt may count for a ban. */
  refusedMs?: number;
}

export interface AmiState {
  up: boolean;
  /** Since when, ms of the epoch. */
  since: number;
  /** Why it is down, in words for a page or a log; null while up and before the first attempt has ended. */
  error: string | null;
}

export interface Ami {
  state(): AmiState;
  /**
   * Sends one action and resolves with the answer. Rejects with AmiError: at once with `down` when not connected
   * (nothing is kept and sent later), else see AmiErrorCode. `id` becomes the ActionID; it must never repeat.
   */
  action(name: string, fields?: AmiFields, options?: { timeoutMs?: number; id?: string }): Promise<AmiMessage>;
  /** Sends an action whose answer is a list, and resolves with its items when the event `complete` has come. */
  list(name: string, fields: AmiFields, options: { complete: string; timeoutMs?: number }): Promise<AmiMessage[]>;
  /** `up` after each login: the time to read the PBX's state anew. Returns a function that ends the listening. */
  on(event: 'up', listener: () => void): () => void;
  on(event: 'down', listener: (error: string) => void): () => void;
  on(event: 'event', listener: (message: AmiMessage) => void): () => void;
  /** Rejects what waits with `closed`, says goodbye, and never connects again. */
  close(): Promise<void>;
}

/** What goes for a session unless the caller says otherwise. */
const DEFAULTS = { events: 'call', connectMs: 5000, loginMs: 5000, pingMs: 5000, pingTimeoutMs: 5000, bootedMs: 0 };

/**
 * Connects to Asterisk's manager interface and stays connected until close(). Returns at once; on('up') tells when.
 * Throws when an option can't ever work: a port out of range, a line break in user or secret.
 */
export function connectAmi(options: AmiOptions): Ami {
  checkFields('Login', { Username: options.user, Secret: options.secret });
  if (!Number.isInteger(options.port) || options.port < 1 || options.port > 65535) {
    throw new RangeError(`AMI port ${options.port} is not a port: give a whole number from 1 to 65535`);
  }
  return new Connection(options);
}

interface Listeners {
  up: Set<() => void>;
  down: Set<(error: string) => void>;
  event: Set<(message: AmiMessage) => void>;
}

class Connection implements Ami {
  readonly #options: AmiOptions;
  readonly #listeners: Listeners = { up: new Set(), down: new Set(), event: new Set() };
  #session: Session | undefined;
  #state: AmiState = { up: false, since: Date.now(), error: null };
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: AmiOptions) {
    this.#options = options;
    this.#open();
  }

  state(): AmiState {
    return { ...this.#state };
  }

  async action(name: string, fields: AmiFields = {}, options: { timeoutMs?: number; id?: string } = {}) {
    const { answer } = await this.#request(name, fields, { complete: '', ...options });
    return answer;
  }

  async list(name: string, fields: AmiFields, options: { complete: string; timeoutMs?: number }) {
    const { items } = await this.#request(name, fields, options);
    return items;
  }

  on(event: 'up', listener: () => void): () => void;
  on(event: 'down', listener: (error: string) => void): () => void;
  on(event: 'event', listener: (message: AmiMessage) => void): () => void;
  on(event: keyof Listeners, listener: (value: never) => void): () => void {
    const set: Set<(value: never) => void> = this.#listeners[event];
    set.add(listener);
    return () => void set.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    const error = new AmiError('closed', 'AMI is closed');
    const left = this.#session?.leave(error);
    if (left === undefined) this.#state = { up: false, since: Date.now(), error: error.message };
    await left;
  }

  async #request(
    action: string,
    fields: AmiFields,
    options: { complete: string; timeoutMs?: number; id?: string },
  ): Promise<Outcome> {
    const checked = checkFields(action, { ...fields });
    const { complete, timeoutMs = this.#options.timeoutMs ?? 5000, id } = options;
    if (id !== undefined) checkId(id);
    if (this.#session === undefined || !this.#state.up) {
      throw new AmiError('down', this.#state.error ?? `AMI is not connected yet to ${this.#place()}`);
    }
    return this.#session.request({ action, fields: checked, timeoutMs, complete, id });
  }

  #open(): void {
    this.#session = new Session(
      { ...DEFAULTS, ...this.#options },
      {
        ready: () => this.#up(),
        event: (message) => this.#tell(this.#listeners.event, message),
        ended: (error) => this.#ended(error),
      },
    );
  }

  #up(): void {
    this.#state = { up: true, since: Date.now(), error: null };
    this.#options.log.info({ place: this.#place() }, 'AMI is up');
    this.#tell(this.#listeners.up, undefined);
  }

  #ended(error: AmiError): void {
    const { state, delay } = { state: this.#state, delay: this.#delay(error) };
    this.#session = undefined;
    this.#state = { up: false, since: state.up ? Date.now() : state.since, error: error.message };
    // The same trouble again and again is news once.
    const level = this.#closed || (state.error === error.message && !state.up) ? 'debug' : 'warn';
    this.#options.log[level]({ place: this.#place(), retryMs: delay }, `AMI is down: ${error.message}`);
    if (!this.#closed) this.#timer = setTimeout(() => this.#open(), delay);
    if (state.up) this.#tell(this.#listeners.down, error.message);
  }

  /** Pause before the next attempt. A connection that held for ten first pauses starts the count anew; one that flaps doesn't. */
  #delay(error: AmiError): number {
    const { backoffMs = 1000, maxBackoffMs = 30_000, refusedMs = 30_000 } = this.#options;
    if (error.code === 'refused') return refusedMs;
    if (this.#state.up && Date.now() - this.#state.since >= 10 * backoffMs) this.#attempt = 0;
    return backoff(this.#attempt++, backoffMs, maxBackoffMs);
  }

  /** A listener that throws must not reach the package's parser: it would lose its place in the stream. */
  #tell<T>(listeners: Set<(value: T) => void>, value: T): void {
    for (const listener of [...listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#options.log.error({ err: error }, 'AMI: a listener failed');
      }
    }
  }

  #place(): string {
    return `${this.#options.host}:${this.#options.port}`;
  }
}

/** An id from outside must not look like the ids of the package's login (digits) or be one of its event names. */
function checkId(id: string): void {
  if (!/^c-[A-Za-z0-9_-]{1,60}$/.test(id))
    throw new AmiError('unsafe', '"ActionID" must be c- and up to 60 letters, digits, - or _');
}

// One connection from connect to close: login, event mask, pings, and the actions that wait for an answer.
import { randomBytes } from 'node:crypto';
import { AmiError } from './error.js';
import type { CheckedFields } from './fields.js';
import { type Link, openLink } from './link.js';
import type { AmiMessage } from './message.js';
import { type Outcome, Pending } from './pending.js';

export interface SessionOptions {
  host: string;
  port: number;
  user: string;
  secret: string;
  /** Mask of the `Events` action: class names joined by commas, `on` or `off`. */
  events: string;
  /** Longest time in ms for the TCP connect, and for each answer of the login. */
  connectMs: number;
  loginMs: number;
  pingMs: number;
  pingTimeoutMs: number;
  /** Longest wait in ms for FullyBooted after the login; 0 = none. Only users who may read `system` get it. */
  bootedMs: number;
}

export interface SessionEvents {
  /** Logged in, mask set: actions may be sent. */
  ready(): void;
  event(message: AmiMessage): void;
  /** Once, at the end. `refused` means that the PBX did not let us in. */
  ended(error: AmiError): void;
}

export interface Request {
  action: string;
  fields: CheckedFields;
  timeoutMs: number;
  /** Event that ends the list; empty for an action with one answer. */
  complete: string;
  /** Action id of the caller's choice, which events such as OriginateResponse repeat. */
  id?: string | undefined;
}

/** Goodbye is a courtesy: it gets this many ms. */
const LEAVE_MS = 300;

/** Connects and logs in when made. Never throws: how it goes arrives in `on`. */
export class Session {
  readonly #options: SessionOptions;
  readonly #on: SessionEvents;
  readonly #place: string;
  readonly #link: Link;
  readonly #pending = new Pending((id) => this.#link.forget(id));
  /** No id is used twice, on this connection or on any other: a late answer fits nothing. */
  readonly #prefix = `dh${randomBytes(6).toString('hex')}`;
  #count = 0;
  #stage: 'opening' | 'booting' | 'ready' | 'over' = 'opening';
  #timer: NodeJS.Timeout | undefined;
  #booted = false;
  #left: () => void = () => undefined;

  constructor(options: SessionOptions, on: SessionEvents) {
    this.#options = options;
    this.#on = on;
    this.#place = `${options.host}:${options.port}`;
    this.#limit('no connection', options.connectMs);
    this.#link = openLink(options, {
      open: () => this.#login(),
      message: (message) => this.#message(message),
      closed: (why) => this.#closed(why),
    });
  }

  /** Sends an action; rejects with AmiError. */
  request(what: Request): Promise<Outcome> {
    if (this.#stage === 'over')
      return Promise.reject(new AmiError('down', `AMI ${this.#place}: the connection has ended`));
    const id = what.id ?? `${this.#prefix}${what.complete === '' ? 'a' : 'l'}${++this.#count}`;
    if (this.#pending.has(id)) return Promise.reject(new AmiError('unsafe', '"ActionID" is in use'));
    const outcome = this.#pending.wait(id, what.action, what.complete, what.timeoutMs);
    this.#link.send(id, what.action, what.fields);
    return outcome;
  }

  /** Ends at once; whatever waits is rejected with `error`. */
  end(error: AmiError): void {
    this.#stop(error);
    this.#link.cut(error.message);
  }

  /** Says goodbye, ends, and resolves when the socket is closed. */
  leave(error: AmiError): Promise<void> {
    const left = new Promise<void>((resolve) => {
      this.#left = resolve;
    });
    this.#stop(error);
    this.#link.leave();
    this.#timer = setTimeout(() => this.#link.cut(error.message), LEAVE_MS);
    return left;
  }

  #stop(error: AmiError): void {
    if (this.#stage === 'over') return;
    this.#stage = 'over';
    clearTimeout(this.#timer);
    this.#pending.failAll(error);
    this.#on.ended(error);
  }

  #closed(why: string): void {
    this.#stop(new AmiError('closed', `AMI ${this.#place}: ${why}`));
    clearTimeout(this.#timer);
    this.#left();
  }

  #after(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    if (this.#stage !== 'over') this.#timer = setTimeout(act, ms);
  }

  #limit(what: string, ms: number): void {
    this.#after(ms, () => this.end(new AmiError('timeout', `AMI ${this.#place}: ${what} within ${ms} ms`)));
  }

  #login(): void {
    this.#limit('no answer to the login', this.#options.loginMs);
    this.#link.login((refusal) => {
      if (this.#stage === 'over') return;
      const user = JSON.stringify(this.#options.user);
      if (refusal === null) this.#mask();
      else this.end(new AmiError('refused', `AMI ${this.#place} refused user ${user}: ${refusal}`, refusal));
    });
  }

  /** The package's login sends `Event:` where Asterisk reads `Events:`, so the mask follows as an action of its own. */
  #mask(): void {
    this.#limit('no answer to Events', this.#options.loginMs);
    this.#plain('Events', { EventMask: this.#options.events }, this.#options.loginMs).then(
      () => this.#awaitBoot(),
      (error: AmiError) => this.end(error),
    );
  }

  #awaitBoot(): void {
    if (this.#stage !== 'opening') return;
    this.#stage = 'booting';
    if (this.#booted || this.#options.bootedMs === 0) this.#ready();
    else this.#after(this.#options.bootedMs, () => this.#ready());
  }

  #ready(): void {
    if (this.#stage !== 'booting') return;
    this.#stage = 'ready';
    this.#after(this.#options.pingMs, () => this.#ping());
    this.#on.ready();
  }

  #ping(): void {
    const { pingMs, pingTimeoutMs } = this.#options;
    this.#plain('Ping', {}, pingTimeoutMs).then(
      () => this.#after(pingMs, () => this.#ping()),
      (error: AmiError) => {
        const what = error.code === 'timeout' ? `no answer to a ping within ${pingTimeoutMs} ms` : error.message;
        this.end(new AmiError('closed', `AMI ${this.#place}: ${what}`));
      },
    );
  }

  #plain(action: string, fields: CheckedFields, timeoutMs: number): Promise<Outcome> {
    return this.request({ action, fields, timeoutMs, complete: '' });
  }

  #message(message: AmiMessage): void {
    if (this.#stage === 'over' || this.#pending.take(message)) return;
    const event = message.get('event');
    if (event === 'FullyBooted') {
      this.#booted = true;
      this.#ready();
    }
    // Items of a list whose deadline is over belong to nobody.
    const stray = message.get('actionid')?.startsWith(`${this.#prefix}l`) ?? false;
    if (event !== undefined && !stray && this.#stage === 'ready') this.#on.event(message);
  }
}

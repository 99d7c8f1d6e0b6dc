// One connection from the first byte to the last. Whatever happens, every command's promise settles, the socket is
// let go, and no other session notices.
import type { Socket } from 'node:net';
import type { AgiReply } from './answer.js';
import { type AgiValue, encode, encodeLine, verbOf } from './encode.js';
import { AgiError, type AgiErrorCode } from './error.js';
import { Exchange, type ExchangeOwner } from './exchange.js';
import { Intake, type IntakeSink } from './intake.js';
import type { AgiLimits } from './options.js';
import { CommandPromise, type Keeper } from './promise.js';
import type { Trouble } from './stats.js';
import { nameOf, printable } from './text.js';

/** What a session needs of its server. Time is counted in ticks of one shared timer. */
export interface SessionHost {
  readonly limits: AgiLimits;
  /** Ticks since the start, and each limit in ticks. */
  readonly clock: { now: number; header: number; think: number; idle: number; grace: number };
  /** The environment is read: finds the script and runs it. */
  start(session: Session): void;
  trouble(trouble: Trouble, session: Session, error?: unknown): void;
  ended(session: Session): void;
}

/** Whom the session tells what happens to the call. */
export interface SessionListener {
  notify(event: 'hangup' | 'close' | 'error', error?: Error): void;
}

export type SessionState = 'header' | 'open' | 'closing' | 'ended';

export class Session implements IntakeSink, ExchangeOwner, Keeper {
  state: SessionState = 'header';
  /** The environment as it came; parsed when somebody asks for it. */
  text = '';
  path = '';
  listener: SessionListener | null = null;
  hungup = false;
  /** When it was accepted, by the process's own clock, ms. */
  readonly openedAt = performance.now();
  readonly #socket: Socket;
  readonly #host: SessionHost;
  readonly #intake: Intake;
  readonly #exchange = new Exchange(this);
  /** Why the session is over: the code of every promise it still owes. */
  #reason: AgiErrorCode = 'closed';
  /** The tick at which the present wait began. */
  #since: number;
  /** Only graceMs are left, whoever is waited for. */
  #grace = false;
  #unasked = 0;

  constructor(socket: Socket, host: SessionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#intake = new Intake(this, host.limits);
    this.#since = host.clock.now;
  }

  read(chunk: Buffer): void {
    const fresh = this.state === 'header';
    this.#intake.read(chunk);
    // Only now: what came behind the blank line may show that it was forged, and what came behind an answer in the
    // same packet is not the answer to the next command.
    if (fresh && this.state === 'open') this.#start();
    else this.#pump();
  }

  header(text: string): void {
    this.text = text;
    this.state = 'open';
    this.#since = this.#host.clock.now;
  }

  line(line: string): void {
    if (line === 'HANGUP' && !this.#exchange.inside) {
      this.#hangup();
      return;
    }
    const heard = this.#exchange.hear(line, this.#host.limits.maxHeaderBytes);
    if (heard === 'answer') this.#since = this.#host.clock.now;
    else if (heard === 'nothing') this.#unsolicited(line);
    else if (heard === 'too_long') this.excess('header_too_long');
  }

  excess(trouble: Trouble): void {
    this.#host.trouble(trouble, this);
    this.#end('closed', true);
  }

  /** Encodes and sends a command, or queues it behind the one that waits. Never throws: what is wrong rejects. */
  send(command: string, args: readonly AgiValue[]): CommandPromise<AgiReply> {
    return this.#order(command, () => encode(command, args));
  }

  /** Sends a line that the script wrote itself. */
  sendLine(line: string): CommandPromise<AgiReply> {
    return this.#order(verbOf(line), () => encodeLine(line));
  }

  /** Lets the commands already given go out, then ends the session. Later ones are refused. */
  close(): void {
    if (this.state !== 'open') return;
    this.state = 'closing';
    this.#pump();
  }

  /** The script failed: one line on the PBX console, then the end. */
  fail(error: unknown): void {
    // That the call or the session ended under it is no failure of the script.
    if (error instanceof AgiError && OVER.has(error.code)) this.close();
    else {
      this.#host.trouble('script', this, error);
      if (!this.#grace) this.leave(`script ${this.path} failed: ${nameOf(error)}`);
    }
  }

  /** Ends the session with a line on the PBX console; commands not yet sent are dropped. */
  leave(message: string): void {
    if (this.state === 'ended') return;
    this.state = 'closing';
    this.#grace = true;
    this.#since = this.#host.clock.now;
    this.#exchange.drop();
    const line = encode('VERBOSE', [`dialhook: ${printable(message)}`, 1]);
    this.#exchange.push({ command: 'VERBOSE', line, resolve: ignore, reject: ignore });
    this.#pump();
  }

  /** Ends the session now. */
  end(reason: AgiErrorCode): void {
    this.#end(reason, false);
  }

  /** The connection broke: `error` is the socket's. */
  broken(error: Error): void {
    if (this.state === 'ended') return;
    this.#host.trouble('broken', this, error);
    this.listener?.notify('error', error);
    this.#end('closed', false);
  }

  /** Asterisk closed the connection. */
  gone(): void {
    if (this.state === 'header') this.#host.trouble('early_close', this);
    this.#end('closed', false);
  }

  /** An answer that is not 200. */
  refused(error: AgiError): void {
    this.#host.trouble('command', this, error);
  }

  /** What a promise rejects with that can't be kept any more. */
  over(command: string): AgiError {
    const reason = this.hungup && this.#reason === 'closed' ? 'hangup' : this.#reason;
    return new AgiError(reason, command, BECAUSE[reason] ?? 'the session is closed');
  }

  /** Called at every tick: ends the session when it is at one of its limits. */
  check(): void {
    const { now, header, think, idle, grace } = this.#host.clock;
    const spent = now - this.#since;
    if (this.state === 'header') {
      if (spent > header) this.#expire('header_timeout');
    } else if (this.#grace || this.hungup) {
      if (spent > grace) this.#end(this.#reason, false);
    } else if (this.#exchange.waiting) {
      if (spent > (this.#exchange.inside || this.#intake.unfinished ? header : idle)) this.#expire('idle_timeout');
      // A lost host says nothing, not even goodbye: the kernel finds out. Short sessions don't pay for it.
      else if (spent === header) this.#socket.setKeepAlive(true, KEEPALIVE_MS);
    } else if (spent > think) {
      this.#host.trouble('think_timeout', this);
      this.#reason = 'timeout';
      this.leave(`script ${this.path} gave no command for ${this.#host.limits.thinkMs} ms`);
    }
  }

  #order(command: string, encoded: () => string): CommandPromise<AgiReply> {
    return CommandPromise.of(this, (resolve, reject) => {
      try {
        if (this.state !== 'open') throw this.over(command);
        this.#exchange.push({ command, line: encoded(), resolve, reject });
        this.#pump();
      } catch (error) {
        if (this.state === 'open') this.#host.trouble('command', this, error);
        reject(error);
      }
    });
  }

  #pump(): void {
    if (this.state === 'ended' || this.#exchange.waiting) return;
    const line = this.#exchange.next();
    if (line !== null) {
      this.#since = this.#host.clock.now;
      this.#socket.write(line);
    } else if (this.state === 'closing') this.#end(this.#reason, false);
  }

  #start(): void {
    this.#host.start(this);
    if (this.hungup) this.listener?.notify('hangup');
  }

  #hangup(): void {
    if (this.hungup) return;
    this.hungup = true;
    // What was on its way Asterisk reads and answers now, or never: from here on waiting and thinking are short.
    this.#since = this.#host.clock.now;
    this.listener?.notify('hangup');
  }

  #unsolicited(line: string): void {
    this.#host.trouble('unsolicited', this);
    if (line.startsWith('agi_') && !this.#grace) {
      this.#host.trouble('forged', this);
      this.leave('the environment ended early: a variable holds a newline');
    } else if (++this.#unasked > this.#host.limits.maxLines) this.excess('too_many_lines');
  }

  #expire(trouble: Trouble): void {
    this.#host.trouble(trouble, this);
    this.#end('timeout', false);
  }

  #end(reason: AgiErrorCode, reset: boolean): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.#reason = reason;
    this.#intake.stop();
    // Nothing waits to be sent: what was sent has been answered, or whoever is there doesn't read.
    if (reset) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    this.#host.ended(this);
    this.#exchange.abandon();
    this.listener?.notify('close');
  }
}

/** Codes that say that the call or the session is over, not that something was wrong with a command. */
const OVER: ReadonlySet<AgiErrorCode> = new Set(['hangup', 'closed', 'dead', 'timeout']);
const BECAUSE: Partial<Record<AgiErrorCode, string>> = {
  hangup: 'the caller hung up',
  timeout: 'the session was ended at a time limit',
};
const KEEPALIVE_MS = 60_000;
const ignore = () => {};

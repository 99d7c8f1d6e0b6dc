// The commands of one session, one at a time, each with its own answer: Asterisk breaks off a playing command when
// another line arrives, and an answer carries no number that would tell whose it is.
import { type AgiReply, endOf, readAnswer } from './answer.js';
import { AgiError } from './error.js';

export interface Pending {
  /** The command without its arguments, for errors. */
  readonly command: string;
  readonly line: string;
  resolve(reply: AgiReply): void;
  reject(error: AgiError): void;
}

export interface ExchangeOwner {
  /** Hears of an answer that is not 200 before its promise does. */
  refused(error: AgiError): void;
  /** What a promise rejects with that can't be kept any more. */
  over(command: string): AgiError;
}

/** What a line from Asterisk was: it ended an answer, it is part of one, or nobody had asked. */
export type Heard = 'answer' | 'part' | 'nothing' | 'too_long';

/** `100 result=0 Trying...` of GOSUB: the answer is still to come. */
const PROVISIONAL = /^1\d\d /;

export class Exchange {
  /** The command that waits for its answer. */
  waiting: Pending | null = null;
  readonly #owner: ExchangeOwner;
  #queue: Pending[] = [];
  #parts: { text: string; last: (line: string) => boolean } | null = null;

  constructor(owner: ExchangeOwner) {
    this.#owner = owner;
  }

  /** An answer of several lines has begun: what comes now belongs to it. */
  get inside(): boolean {
    return this.#parts !== null;
  }

  push(pending: Pending): void {
    this.#queue.push(pending);
  }

  /** The next line to send, or null when nothing is queued. Only for when no command waits. */
  next(): string | null {
    this.waiting = this.#queue.shift() ?? null;
    return this.waiting?.line ?? null;
  }

  /** Takes a line from Asterisk; `maxBytes` bounds an answer of several lines. */
  hear(line: string, maxBytes: number): Heard {
    const { waiting } = this;
    if (!waiting) return 'nothing';
    const parts = this.#parts;
    if (parts) {
      parts.text += `\n${line}`;
      if (parts.text.length > maxBytes) return 'too_long';
      if (!parts.last(line)) return 'part';
      this.#parts = null;
      return this.#settle(parts.text, waiting);
    }
    const last = endOf(line);
    if (!last) return this.#settle(line, waiting);
    this.#parts = { text: line, last };
    return 'part';
  }

  /** Rejects what is queued but not sent. */
  drop(): void {
    for (const pending of this.#queue.splice(0)) pending.reject(this.#owner.over(pending.command));
  }

  /** Rejects all that is owed: nothing more will be answered. */
  abandon(): void {
    const { waiting } = this;
    this.waiting = null;
    this.#parts = null;
    waiting?.reject(this.#owner.over(waiting.command));
    this.drop();
  }

  #settle(text: string, waiting: Pending): Heard {
    const answer = readAnswer(text, waiting.command);
    if (!answer) return PROVISIONAL.test(text) ? 'part' : 'nothing';
    this.waiting = null;
    if (answer instanceof AgiError) {
      this.#owner.refused(answer);
      waiting.reject(answer);
    } else waiting.resolve(answer);
    return 'answer';
  }
}

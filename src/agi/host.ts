// What the sessions of one server share: the scripts, the clock, the counters, the log.
import { AgiChannel } from './channel.js';
import { firstValue, readRequest } from './env.js';
import { AgiError } from './error.js';
import type { AgiLimits, AgiLog } from './options.js';
import type { Session, SessionHost } from './session.js';
import { type AgiStats, noTroubles, type Trouble } from './stats.js';
import { nameOf, printable } from './text.js';

export type AgiHandler = (channel: AgiChannel) => unknown;

/** How loud a trouble is. What a stranger on the network can cause at will is quiet; the counters have it all. */
const LOUD: Partial<Record<Trouble, 'warn' | 'error'>> = {
  refused: 'warn',
  unknown_path: 'warn',
  bad_header: 'warn',
  forged: 'warn',
  header_timeout: 'warn',
  header_too_long: 'warn',
  line_too_long: 'warn',
  too_many_lines: 'warn',
  think_timeout: 'warn',
  idle_timeout: 'warn',
  accept: 'error',
  script: 'error',
};
/** Log lines of one trouble within a second. The rest is only counted. */
const LINES_A_SECOND = 10;

export class Host implements SessionHost {
  readonly limits: AgiLimits;
  readonly clock: SessionHost['clock'];
  readonly scripts = new Map<string, AgiHandler>();
  readonly sessions = new Set<Session>();
  total = 0;
  /** Told of each session that is over: its script's path, empty when it had none, and how long it was open, ms. */
  onEnded: ((path: string, ms: number) => void) | null = null;
  readonly #log: AgiLog;
  readonly #tickMs: number;
  readonly #errors = noTroubles();
  readonly #said = noTroubles();
  #sweep: NodeJS.Timeout | null = null;

  constructor(limits: AgiLimits, log: AgiLog) {
    this.limits = limits;
    this.#log = log;
    const { headerTimeoutMs, thinkMs, idleMs, graceMs } = limits;
    this.#tickMs = Math.min(250, Math.max(5, Math.min(headerTimeoutMs, thinkMs, idleMs, graceMs) / 8));
    const ticks = (ms: number) => Math.ceil(ms / this.#tickMs);
    this.clock = {
      now: 0,
      header: ticks(headerTimeoutMs),
      think: ticks(thinkMs),
      idle: ticks(idleMs),
      grace: ticks(graceMs),
    };
  }

  /** One timer for all sessions; a timer each costs more than all the rest of a session's bookkeeping. */
  startClock(): void {
    let ticksOfSecond = 0;
    this.#sweep = setInterval(() => {
      this.clock.now++;
      for (const session of this.sessions) session.check();
      if (++ticksOfSecond * this.#tickMs < 1000) return;
      ticksOfSecond = 0;
      Object.assign(this.#said, noTroubles());
    }, this.#tickMs);
  }

  stopClock(): void {
    if (this.#sweep) clearInterval(this.#sweep);
    this.#sweep = null;
  }

  start(session: Session): void {
    const request = readRequest(session.text);
    if (!request) {
      this.trouble('bad_header', session);
      session.end('closed');
      return;
    }
    session.path = request.path;
    const script = this.scripts.get(request.path);
    if (script) {
      const channel = new AgiChannel(session, request.query);
      session.listener = channel;
      run(script, channel, session);
    } else {
      this.trouble('unknown_path', session);
      session.leave(`no script is registered under ${request.path}`);
    }
  }

  ended(session: Session): void {
    this.sessions.delete(session);
    // Only paths of ours: what a stranger asks for must not become a name in somebody's statistics.
    this.onEnded?.(this.scripts.has(session.path) ? session.path : '', performance.now() - session.openedAt);
  }

  trouble(trouble: Trouble, session: Session | null, error?: unknown): void {
    this.#errors[trouble]++;
    const level = LOUD[trouble] ?? 'debug';
    if (level === 'debug' && this.#log.isLevelEnabled?.('debug') === false) return;
    if (level !== 'debug' && ++this.#said[trouble] > LINES_A_SECOND) return;
    const fields = { trouble, count: this.#errors[trouble], ...about(session), ...describe(error) };
    this.#log[level](fields, MESSAGES[trouble] ?? trouble);
    if (error !== undefined && level !== 'debug') this.#log.debug({ trouble, err: error }, 'the whole error');
  }

  stats(): AgiStats {
    return { open: this.sessions.size, total: this.total, refused: this.#errors.refused, errors: { ...this.#errors } };
  }
}

const MESSAGES: Partial<Record<Trouble, string>> = {
  refused: 'maxSessions are open; a further one is closed at once, its call goes on',
  unknown_path: 'no script is registered under this path; the call goes on',
  forged: 'a value with newlines ended the environment early; its session is ended, the call goes on',
  script: 'script failed; its session is ended, the call goes on',
  think_timeout: 'script gave no command and did not close; its session is ended, the call goes on',
  bad_header: 'whoever connected is not Asterisk: no agi_request',
};

function run(script: AgiHandler, channel: AgiChannel, session: Session): void {
  try {
    const result = script(channel);
    // Only an async script says when it is done; one in the way of fastagi.io returns at once and calls close().
    if (isThenable(result)) {
      result.then(
        () => session.close(),
        (error) => session.fail(error),
      );
    }
  } catch (error) {
    session.fail(error);
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/** Who it was, without the query and without the caller. */
function about(session: Session | null): object {
  if (!session) return {};
  const uniqueid = firstValue(session.text, 'agi_uniqueid');
  const path = session.path || readRequest(session.text)?.path || '';
  return { path: printable(path), ...(uniqueid === null ? {} : { uniqueid: printable(uniqueid) }) };
}

/** What is known of an error without its message, which may hold names and numbers: kind, code, place. */
function describe(error: unknown): object {
  if (error === undefined) return {};
  const code = error instanceof AgiError ? { code: error.code, command: error.command } : {};
  const at = error instanceof Error ? /^\s+at .*$/m.exec(error.stack ?? '')?.[0].trim() : undefined;
  return { error: nameOf(error), ...code, ...(at === undefined ? {} : { at }) };
}

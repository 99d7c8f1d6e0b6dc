// Asterisk's side of one FastAGI session: connect, environment, answer what the server asks, see it close.
import { connect, type Socket } from 'node:net';
import { type AgiState, answer } from './agi-answer.js';
import { type AgiRequest, environment } from './agi-environment.js';

/** What the dialplan knows afterwards. */
export interface AgiOutcome {
  /** SUCCESS only says "connected"; what the server confirmed stands in `variables`. */
  status: 'SUCCESS' | 'FAILURE' | 'HANGUP';
  variables: ReadonlyMap<string, string>;
  /** From the call of AGI() to its return, milliseconds. */
  ms: number;
  /** Why the connection failed; empty when it did not. */
  error: string;
  /** TIMEOUT(absolute) ended it. */
  timedOut: boolean;
}

export interface AgiSession {
  outcome: Promise<AgiOutcome>;
  /** The channel hangs up meanwhile. On a bounded line (AGIEXITONHANGUP=yes) Asterisk then closes the socket itself. */
  hangup(): void;
  /** Gives up at once, as when the PBX itself is stopped. */
  abort(): void;
}

export interface AgiOptions {
  /** The session runs in a hangup handler. */
  dead?: boolean;
  /** TIMEOUT(absolute) with AGIEXITONHANGUP=yes; without it Asterisk waits for ever. */
  boundMs?: number | undefined;
  threadId?: number;
}

/** MAX_AGI_CONNECT of res_agi.c: compiled in. */
const CONNECT_MS = 2000;

/** Runs AGI(agi://host:port/path,args…) once. Never throws and never rejects. */
export function callAgi(request: AgiRequest, options: AgiOptions = {}): AgiSession {
  const began = performance.now();
  const state: AgiState = { variables: new Map(), dead: options.dead ?? false };
  const bounded = options.boundMs !== undefined;
  const socket = connect({ host: request.host, port: request.port, noDelay: true });
  const ends = { connected: false, hungUp: false, timedOut: false, error: '' };
  const hangup = () => {
    if (state.dead || socket.destroyed) return;
    state.dead = true;
    if (ends.connected) socket.write('HANGUP\n');
    if (!bounded) return;
    ends.hungUp = true;
    socket.destroySoon();
  };
  const outcome = new Promise<AgiOutcome>((resolve) => {
    const timers = [later(CONNECT_MS, () => fail('timed out after MAX_AGI_CONNECT (2000) milliseconds'))];
    const fail = (why: string) => {
      if (ends.connected) return;
      ends.error = why;
      socket.destroy();
    };
    if (options.boundMs !== undefined) timers.push(later(options.boundMs, () => expire()));
    const expire = () => {
      ends.timedOut = true;
      hangup();
    };
    socket.on('connect', () => {
      ends.connected = true;
      // One write a line, as Asterisk does: the server must collect until the blank line.
      for (const line of environment(request, options.threadId ?? 0)) socket.write(line);
    });
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => {
      for (const timer of timers) clearTimeout(timer);
      const status = !ends.connected ? 'FAILURE' : ends.hungUp ? 'HANGUP' : 'SUCCESS';
      resolve({
        status,
        variables: state.variables,
        ms: performance.now() - began,
        error: ends.error,
        timedOut: ends.timedOut,
      });
    });
  });
  serveCommands(socket, state);
  return { outcome, hangup, abort: () => socket.destroy() };
}

/** Answers each command line as it comes. */
function serveCommands(socket: Socket, state: AgiState): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (socket.writable) socket.write(answer(line.replace(/\r$/, ''), state));
  });
}

const later = (ms: number, action: () => void) => setTimeout(action, ms);

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

interface State extends AgiState {
  connected: boolean;
  hungUp: boolean;
  timedOut: boolean;
  error: string;
}

/** Runs AGI(agi://host:port/path,args…) once. Never throws and never rejects. */
export function callAgi(request: AgiRequest, options: AgiOptions = {}): AgiSession {
  const { dead = false, boundMs, threadId = 0 } = options;
  const began = performance.now();
  const state: State = { variables: new Map(), dead, connected: false, hungUp: false, timedOut: false, error: '' };
  const socket = connect({ host: request.host, port: request.port, noDelay: true });
  const hangup = () => hangUp(socket, state, boundMs !== undefined);
  // Asterisk looks at TIMEOUT(absolute) once it is connected: the connect itself has its own two seconds.
  const expire = () => {
    state.timedOut = true;
    if (state.connected) hangup();
  };
  const timers = [
    setTimeout(() => fail(socket, state, 'timed out after MAX_AGI_CONNECT (2000) milliseconds'), CONNECT_MS),
  ];
  if (boundMs !== undefined) timers.push(setTimeout(expire, boundMs));
  socket.on('error', (error) => fail(socket, state, error.message));
  socket.on('connect', () => {
    state.connected = true;
    // One write a line, as Asterisk does: the server must collect until the blank line.
    for (const line of environment(request, threadId)) socket.write(line);
    if (state.timedOut) hangup();
  });
  serveCommands(socket, state);
  const outcome = new Promise<AgiOutcome>((resolve) => {
    socket.on('close', () => {
      for (const timer of timers) clearTimeout(timer);
      resolve(outcomeOf(state, performance.now() - began));
    });
  });
  return { outcome, hangup, abort: () => socket.destroy() };
}

function outcomeOf({ connected, hungUp, variables, error, timedOut }: State, ms: number): AgiOutcome {
  return { status: !connected ? 'FAILURE' : hungUp ? 'HANGUP' : 'SUCCESS', variables, ms, error, timedOut };
}

/** The connection never came about. Once it has, Asterisk takes its end for the end of the script, whatever ended it. */
function fail(socket: Socket, state: State, why: string): void {
  if (state.connected) return;
  state.error = why;
  socket.destroy();
}

function hangUp(socket: Socket, state: State, bounded: boolean): void {
  if (state.dead || socket.destroyed) return;
  state.dead = true;
  if (state.connected) socket.write('HANGUP\n');
  if (!bounded) return;
  state.hungUp = true;
  socket.destroySoon();
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

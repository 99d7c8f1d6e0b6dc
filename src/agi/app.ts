import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type AgiHandler, Host } from './host.js';
import { type AgiOptions, resolveOptions } from './options.js';
import { Session } from './session.js';
import type { AgiStats } from './stats.js';

export type { AgiHandler } from './host.js';
export type AgiServer = Server;

export interface AgiApp {
  /** Registers a script: `/demo1` answers AGI(agi://host/demo1). Throws if the path is taken or doesn't begin with `/`. */
  agi(path: string, handler: AgiHandler): void;
  /** Listens on the port (0: any free one) of `options.host`; the callback is called once it does. */
  listen(port: number | string, callback?: () => void): AgiServer;
  /** Stops accepting, lets the open sessions end for closeMs, then ends them. Resolves when all are gone. */
  close(): Promise<void>;
  /** Where it listens; null before and after. */
  address(): AddressInfo | null;
  stats(): AgiStats;
  /** Calls `listener` for each session that is over: the path of its script (empty: none of ours) and how long it was open, ms. */
  onEnded(listener: (path: string, ms: number) => void): void;
}

interface AgiSocket extends Socket {
  session?: Session;
}

/** Makes a FastAGI server with the interface of fastagi.io. Throws TypeError for an option that is unknown or wrong. */
export function fastagi(options: AgiOptions = {}): AgiApp {
  const { limits, log } = resolveOptions(options);
  const host = new Host(limits, log);
  // Half-open is allowed so that Asterisk's end is seen here and answered with our own, at once.
  const server = createServer({ noDelay: true, allowHalfOpen: true });
  server.maxConnections = limits.maxSessions;
  server.on('drop', () => host.trouble('refused', null));
  server.on('connection', (socket) => accept(socket, host));
  server.on('listening', () => host.startClock());
  server.on('close', () => host.stopClock());
  server.on('error', (error) => {
    if (server.listening) host.trouble('accept', null, error);
    // Nobody else listens for it, so it must not pass in silence: a server that can't listen is no server.
    else if (server.listenerCount('error') === 1) throw error;
  });
  let closed: Promise<void> | null = null;

  return {
    agi(path, handler) {
      if (!path.startsWith('/')) throw new TypeError(`AGI path "${path}" must begin with "/", as in /demo1`);
      if (host.scripts.has(path))
        throw new Error(`AGI path "${path}" is registered twice; give one of the scripts another path`);
      host.scripts.set(path, handler);
    },
    listen(port, callback) {
      server.listen({ port: portNumber(port), host: limits.host, backlog: limits.backlog }, callback);
      return server;
    },
    close() {
      closed ??= closeAll(server, host);
      return closed;
    },
    address() {
      const address = server.address();
      return typeof address === 'object' ? address : null;
    },
    stats: () => host.stats(),
    onEnded(listener) {
      host.onEnded = listener;
    },
  };
}

function portNumber(port: number | string): number {
  const number = Number(port);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535 && port !== '') return number;
  throw new TypeError(`AGI port "${port}" is not a port; it must be a number from 0 (any free one) to 65535`);
}

/** Listeners are shared functions with the session on the socket: four closures less for each of 10,000 idle sessions. */
function accept(socket: AgiSocket, host: Host): void {
  const session = new Session(socket, host);
  socket.session = session;
  host.sessions.add(session);
  host.total++;
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('error', onError);
  socket.on('close', onEnd);
}

function onData(this: AgiSocket, chunk: Buffer): void {
  this.session?.read(chunk);
}

function onEnd(this: AgiSocket): void {
  this.session?.gone();
}

function onError(this: AgiSocket, error: Error): void {
  this.session?.broken(error);
}

function closeAll(server: Server, host: Host): Promise<void> {
  return new Promise((resolve) => {
    const { closeMs } = host.limits;
    const deadline = Number.isFinite(closeMs) ? setTimeout(() => endAll(host), closeMs) : undefined;
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
  });
}

function endAll(host: Host): void {
  for (const session of host.sessions) session.end('closed');
}

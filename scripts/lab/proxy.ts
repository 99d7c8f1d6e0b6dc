// A TCP proxy for the weather between two programs: slow, silent, cut, refusing. Bytes that a black hole swallowed are passed
// on when it ends, as TCP sends again what was not confirmed; what is cut is gone.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Weather {
  /** Milliseconds that each piece of bytes waits, each way. */
  delayMs?: number;
  /** Connections are taken, and nothing goes through. */
  blackHole?: boolean;
  /** New connections are reset at once. */
  refuse?: boolean;
  /** Instead of passing on this piece, counted from now over all connections, its connection is cut. */
  cut?: { way: Way; piece: number };
}

/** `up`: from the client that connected; `down`: from the server. */
export type Way = 'up' | 'down';

export interface TcpProxy {
  readonly port: number;
  /** Makes the weather from now on; `{}` is fine weather. Counts the pieces anew. */
  set(weather: Weather): void;
  /** Pieces of bytes that came since the last set(). */
  pieces(): Record<Way, number>;
  /** Resets all connections. */
  cut(): void;
  /** Ends the server's side of all connections; the client is not told and believes that it is connected. */
  orphan(): void;
  open(): number;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  server: Socket;
  orphaned: boolean;
}

/** Listens on a free port of 127.0.0.1 and passes on to `target`. */
export async function startProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const sockets = new Set<Socket>();
  let weather: Weather = {};
  let pieces: Record<Way, number> = { up: 0, down: 0 };
  let changed = deferred();

  const end = (pair: Pair) => {
    pairs.delete(pair);
    for (const socket of [pair.client, pair.server]) reset(socket);
  };

  /** Resolves with true when the piece may go on. */
  async function passes(pair: Pair, way: Way): Promise<boolean> {
    pieces[way] += 1;
    if (weather.cut?.way === way && weather.cut.piece === pieces[way]) {
      end(pair);
      return false;
    }
    if (weather.delayMs) await sleep(weather.delayMs);
    while (weather.blackHole && pairs.has(pair)) await changed.promise;
    return pairs.has(pair);
  }

  async function pump(pair: Pair, from: Socket, to: Socket, way: Way): Promise<void> {
    try {
      for await (const piece of from) {
        if (!(await passes(pair, way))) return;
        if (!to.destroyed && !to.write(piece as Buffer)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
      }
      if (weather.delayMs) await sleep(weather.delayMs);
    } catch {
      // A reset of one side is one of the other; which of them it was does not matter here.
    }
    while (weather.blackHole && pairs.has(pair)) await changed.promise;
    if (pair.orphaned) return;
    to.end();
    if (from.destroyed && from.errored) end(pair);
  }

  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (weather.refuse) {
      reset(client);
      return;
    }
    const server = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const pair: Pair = { client, server, orphaned: false };
    pairs.add(pair);
    const gone = () => {
      if (client.destroyed && server.destroyed) pairs.delete(pair);
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          gone();
        });
    }
    server.on('error', () => end(pair));
    void pump(pair, client, server, 'up');
    void pump(pair, server, client, 'down');
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  return {
    port: (listener.address() as AddressInfo).port,
    set(next) {
      weather = next;
      pieces = { up: 0, down: 0 };
      changed.resolve();
      changed = deferred();
    },
    pieces: () => ({ ...pieces }),
    cut: () => {
      for (const pair of [...pairs]) end(pair);
    },
    orphan: () => {
      for (const pair of pairs) {
        pair.orphaned = true;
        pair.server.destroy();
      }
    },
    open: () => pairs.size,
    async close() {
      weather = {};
      for (const pair of [...pairs]) end(pair);
      for (const socket of sockets) socket.destroy();
      changed.resolve();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/**
 * Resets a connection. One that has said its end already is only dropped: a reset while that is under way is never counted
 * as done by Node 20, which then waits for it for ever, at full speed, when the process ends.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

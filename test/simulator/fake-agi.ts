// A tiny FastAGI server for tests: keeps what it was sent and behaves as told.

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

export type Behaviour = 'ack' | 'close' | 'silent' | ((session: FakeSession) => void);

export interface FakeSession {
  /** Environment lines without line feed, in order. */
  lines: string[];
  /** Value of the first line of that name. */
  env: (name: string) => string;
  /** What came after the environment, line by line. */
  said: string[];
  socket: Socket;
  /** Sends a command and waits for a line that comes back. */
  ask: (command: string) => Promise<string>;
}

export interface FakeAgi {
  port: number;
  sessions: FakeSession[];
  behave: (how: Behaviour) => void;
  close: () => Promise<void>;
}

export async function fakeAgi(behaviour: Behaviour = 'ack'): Promise<FakeAgi> {
  let how = behaviour;
  const sessions: FakeSession[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket
      .setEncoding('utf8')
      .on('error', () => {})
      .on('close', () => sockets.delete(socket));
    const session = listen(socket, () => {
      sessions.push(session);
      if (how === 'ack') void session.ask('SET VARIABLE DH_ACK 1').then(() => socket.end());
      else if (how === 'close') socket.end();
      else if (typeof how === 'function') how(session);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    behave: (next) => {
      how = next;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(socket: Socket, ready: () => void): FakeSession {
  const lines: string[] = [];
  const said: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let rest = '';
  let begun = false;
  socket.on('data', (chunk: Buffer | string) => {
    const parts = (rest + String(chunk)).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      if (begun) {
        said.push(line);
        waiting.shift()?.(line);
      } else if (line === '') {
        begun = true;
        ready();
      } else lines.push(line);
    }
  });
  return {
    lines,
    said,
    socket,
    env: (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '',
    ask: (command) => {
      socket.write(`${command}\n`);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** Waits until `test` holds; fails after fifteen seconds. */
export async function until(test: () => boolean, what = 'the condition'): Promise<void> {
  for (const end = Date.now() + 15_000; !test(); ) {
    if (Date.now() > end) throw new Error(`${what} did not come true within 15 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

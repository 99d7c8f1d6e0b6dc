// The load: many browsers with the monitor open. Each has a connection that stays and its own session, and asks once a
// second on its own beat, whether the answer before came late or not.
import { connect, type Socket } from 'node:net';
import { ms } from '../lib/pace.js';

export type Order =
  /** Opens the connections; `cookies` has one for each viewer. */
  | { kind: 'open'; port: number; cookies: readonly string[] }
  /** Asks for so many seconds, and tells of them only. */
  | { kind: 'ask'; seconds: number }
  | { kind: 'close' };

export interface Result {
  asked: number;
  /** Answers by status. */
  status: Record<number, number>;
  /** From the moment the request was due to the last byte of its answer, ms. */
  times: number[];
  /** Requests that were not sent, as the answer before was not there after a whole second. */
  skipped: number;
  bytes: number;
  gzipped: number;
}

/** What Firefox sends for the page's own refresh. */
const HEAD = [
  'GET /monitor/live HTTP/1.1',
  'Host: calls.example.org',
  'Connection: keep-alive',
  'HX-Request: true',
  'HX-Current-URL: http://calls.example.org/monitor',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Accept: */*',
  'Referer: http://calls.example.org/monitor',
  'Accept-Encoding: gzip, deflate',
  'Accept-Language: en-GB,en;q=0.9',
].join('\r\n');
const requestOf = (cookie: string, etag: string): string =>
  `${HEAD}\r\nCookie: dialhook=${cookie}\r\n${etag === '' ? '' : `If-None-Match: ${etag}\r\n`}\r\n`;

const EVERY_MS = 1_000;
const nothing = (): Result => ({ asked: 0, status: {}, times: [], skipped: 0, bytes: 0, gzipped: 0 });
let result = nothing();
let viewers: Viewer[] = [];
let closing = false;
let failed: string | null = null;

class Viewer {
  readonly #socket: Socket;
  readonly #cookie: string;
  #etag = '';
  #due = 0;
  #waiting = false;
  #left = 0;

  constructor(socket: Socket, cookie: string) {
    this.#socket = socket;
    this.#cookie = cookie;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (!closing) failed ??= 'the server closed the connection of a viewer';
    });
  }

  ask(due: number): void {
    if (this.#waiting) {
      result.skipped++;
      return;
    }
    this.#due = due;
    this.#waiting = true;
    result.asked++;
    this.#socket.write(requestOf(this.#cookie, this.#etag));
  }

  /** The head of an answer comes in one piece: it is a small part of the first packet. */
  #read(chunk: Buffer): void {
    result.bytes += chunk.length;
    if (this.#left === 0) {
      const end = chunk.indexOf('\r\n\r\n');
      const head = chunk.toString('latin1', 0, end);
      const status = Number(head.slice(9, 12));
      result.status[status] = (result.status[status] ?? 0) + 1;
      this.#etag = /^etag: (.*)$/im.exec(head)?.[1]?.trim() ?? '';
      if (/^content-encoding: gzip/im.test(head)) result.gzipped++;
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      this.#left = length - (chunk.length - end - 4);
    } else this.#left -= chunk.length;
    if (this.#left > 0) return;
    this.#waiting = false;
    result.times.push(ms() - this.#due);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Connections from one address at most. */
const FROM_ONE = 2_500;

function connected(port: number, n: number, cookie: string): Promise<Viewer> {
  const localAddress = `127.0.0.${10 + Math.floor(n / FROM_ONE)}`;
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(new Viewer(socket, cookie));
    });
  });
}

async function open(port: number, cookies: readonly string[]): Promise<Result> {
  closing = false;
  const pending = [...cookies.entries()];
  const one = async () => {
    for (let next = pending.pop(); next !== undefined; next = pending.pop())
      viewers.push(await connected(port, ...next));
  };
  await Promise.all(Array.from({ length: 16 }, one));
  return nothing();
}

/** Every viewer once a second, spread evenly over it. */
function ask(seconds: number): Promise<Result> {
  result = nothing();
  const count = viewers.length * seconds;
  const start = ms();
  return new Promise((resolve, reject) => {
    let begun = 0;
    const pace = setInterval(() => {
      const due = Math.min(count, ((ms() - start) * viewers.length) / EVERY_MS);
      for (; begun < due; begun++) viewers[begun % viewers.length]?.ask(start + (begun * EVERY_MS) / viewers.length);
      if (begun < count && failed === null) return;
      clearInterval(pace);
      if (failed !== null) reject(new Error(failed));
      // What was asked last has a second, as all have.
      else setTimeout(() => resolve(result), EVERY_MS);
    }, 1);
  });
}

function close(): Promise<Result> {
  closing = true;
  for (const viewer of viewers) viewer.close();
  viewers = [];
  return Promise.resolve(nothing());
}

function obey(order: Order): Promise<Result> {
  if (order.kind === 'open') return open(order.port, order.cookies);
  return order.kind === 'ask' ? ask(order.seconds) : close();
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

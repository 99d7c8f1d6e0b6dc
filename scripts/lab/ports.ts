// Free ports on the loopback. They are taken below the range that the kernel hands to outgoing connections, so that
// no connection of ours can take one between the look and the use; a random start keeps two runs apart.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const LOWEST = 10_240;
const HIGHEST = 32_000;
const TRIES = 200;
const given = new Set<number>();

/** One port that is free for TCP and UDP on `host`; never the same twice in one process. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return freeRange(1, host);
}

/**
 * The first of `count` neighbouring ports that are all free for TCP and UDP on `host`, even-numbered as RTP wants it.
 * @throws Error when no such place was found in many tries.
 */
export async function freeRange(count: number, host = '127.0.0.1'): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const first = 2 * Math.floor((LOWEST + Math.random() * (HIGHEST - LOWEST - count)) / 2);
    if (await allFree(first, count, host)) {
      for (let port = first; port < first + count; port++) given.add(port);
      return first;
    }
  }
  throw new Error(`no ${count} free ports in a row between ${LOWEST} and ${HIGHEST} on ${host} in ${TRIES} tries`);
}

async function allFree(first: number, count: number, host: string): Promise<boolean> {
  for (let port = first; port < first + count; port++) {
    if (given.has(port) || !(await freeUdp(port, host)) || !(await freeTcp(port, host))) return false;
  }
  return true;
}

function freeUdp(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

function freeTcp(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

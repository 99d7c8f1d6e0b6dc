// Free ports on the loopback. They are taken below the range that the kernel hands to outgoing connections, so that
// no connection of ours can take one between the look and the use. Several runs go on beside each other on one machine: a port that
// one of them has been given is reserved for it as long as it lives, and wide ranges, whose owner takes any port of them at any time
// (RTP), lie in a part of their own.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const LOWEST = 10_240;
/** From here on there are wide ranges only. */
const WIDE = 21_000;
const HIGHEST = 32_000;
/** A range of more ports than this is wide. */
const FEW = 16;
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
  const [least, most] = count > FEW ? [WIDE, HIGHEST] : [LOWEST, WIDE];
  for (let i = 0; i < TRIES; i++) {
    const first = 2 * Math.floor((least + Math.random() * (most - least - count)) / 2);
    const all = Array.from({ length: count }, (_, n) => first + n);
    if (!(await allFree(first, count, host))) continue;
    if (count <= FEW && !(await Promise.all(all.map(reserve))).every(Boolean)) continue;
    for (const port of all) given.add(port);
    return first;
  }
  throw new Error(`no ${count} free ports in a row between ${least} and ${most} on ${host} in ${TRIES} tries`);
}

/**
 * Between the look and the use lie seconds, in which another run could look too. A name in the abstract namespace has one owner at a
 * time, and the kernel takes it back when the owner is gone, however it went. Where there is no such namespace nobody is kept out.
 */
function reserve(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const name = createServer();
    name.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'));
    name.listen(`\0dialhook-lab-port-${port}`, () => resolve(true));
    name.unref();
  });
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

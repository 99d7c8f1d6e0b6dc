// Clients that misbehave, beside calls that do not. No call may feel them, and the server's memory stays bounded.
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Laboratory } from '../laboratory.js';
import { BOUND_MS, type Budget, instant, type Nemesis, OWN_MS } from '../nemesis.js';

const HEADER = 'agi_network: yes\nagi_request: agi://127.0.0.1/event\nagi_channel: PJSIP/1-1\nagi_uniqueid: 1.1\n';
/** Beside the calls the server is busy with the clients, too. */
const budget: Budget = { main: 4 * OWN_MS, side: 4 * OWN_MS };

/** Opens connections; errors are what these clients are there for. */
function open(lab: Laboratory, count: number): Socket[] {
  return Array.from({ length: count }, () =>
    connect({ host: '127.0.0.1', port: lab.server.port }).on('error', () => {}),
  );
}
const close = (sockets: readonly Socket[]) => {
  for (const socket of sockets) socket.destroy();
};

/** Resident memory of the server, MB. */
export function memoryOf(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? 0) / 1024;
}
const bounded = (most: number) => async (lab: Laboratory) => {
  const used = memoryOf(lab.server.pid());
  return used > most ? [`the server holds ${Math.round(used)} MB, more than ${most} MB`] : [];
};

export const clientResets: Nemesis = {
  ...{ name: 'client-resets', harm: 'clients reset their connection at any moment of a session', budget },
  strokes: { short: 10, round: 200, whole: 600 },
  also: bounded(300),
  async stroke(lab) {
    // Without an argument: the hook has nothing to record, and says so on a channel that is gone.
    const text = `${HEADER}\n`;
    for (const socket of open(lab, 10)) {
      const part = text.slice(0, lab.random.whole(0, text.length));
      socket.write(part, () => setTimeout(() => socket.resetAndDestroy(), lab.random.between(0, 20)));
    }
    await instant(lab, 20, 60);
  },
};

export const slowClients: Nemesis = {
  ...{
    name: 'slow-clients',
    harm: 'clients that send a byte every 50 ms, and clients that never answer a command',
    budget,
  },
  strokes: { short: 1, round: 3, whole: 9 },
  also: bounded(300),
  async stroke(lab) {
    // Not so many that this process, which makes the calls too, is the one that gets slow.
    const slow = open(lab, 40);
    const silent = open(lab, 100);
    for (const socket of silent) socket.write(`${HEADER}\n`);
    for (let i = 0; i < 40; i += 1) {
      for (const socket of slow) if (!socket.destroyed) socket.write(HEADER[i] ?? '\n');
      await sleep(50);
    }
    close([...slow, ...silent]);
  },
};

export const endlessLines: Nemesis = {
  ...{
    name: 'endless-lines',
    harm: 'clients that send megabytes without a line break, or lines without an end',
    budget,
  },
  strokes: { short: 2, round: 20, whole: 60 },
  also: bounded(300),
  async stroke(lab) {
    const flood = Buffer.alloc(1 << 20, 'x');
    const lines = Buffer.from('agi_x: y\n'.repeat(20_000));
    const sockets = open(lab, 6);
    for (const [n, socket] of sockets.entries()) {
      if (n % 3 === 2) socket.write(`${HEADER}\n`);
      for (let i = 0; i < 8; i += 1) socket.write(n % 2 === 0 ? flood : lines);
    }
    await instant(lab, 200, 500);
    close(sockets);
  },
};

const IDLE = 10_000;

export const idleSessions: Nemesis = {
  ...{ name: 'idle-sessions', harm: '10,000 sessions that are opened and say nothing more' },
  strokes: { short: 1, round: 2, whole: 6 },
  // While thousands connect at once, the server and the kernel are busy with them.
  budget: { main: BOUND_MS, side: BOUND_MS },
  lab: {
    env: { DIALHOOK_AGI_MAX_SESSIONS: '20000', DIALHOOK_AGI_HEADER_TIMEOUT_MS: '60000', DIALHOOK_AGI_BACKLOG: '4096' },
  },
  also: bounded(400),
  async stroke(lab) {
    const sockets: Socket[] = [];
    for (let i = 0; i < IDLE; i += 100) {
      sockets.push(...open(lab, 100));
      await sleep(5);
    }
    for (const socket of sockets) socket.write(HEADER);
    await sleep(2000);
    const gone = sockets.filter((socket) => socket.destroyed).length;
    close(sockets);
    if (gone > 0) throw new Error(`${gone} of ${IDLE} idle sessions were closed`);
  },
};

/** Asterisk gives a connect two seconds, whatever the hook's own bound. */
const CONNECT_MS = 2000;

export const backlogFull: Nemesis = {
  ...{
    name: 'backlog-full',
    harm: 'the server is frozen and its listen backlog is full: a new connect gets no answer at all',
  },
  strokes: { short: 1, round: 5, whole: 15 },
  lab: { env: { DIALHOOK_AGI_BACKLOG: '8' } },
  budget: { main: CONNECT_MS + BOUND_MS + OWN_MS, side: CONNECT_MS + 3500 },
  async stroke(lab) {
    await instant(lab, 100, 500);
    lab.server.freeze();
    const sockets = open(lab, 40);
    await sleep(3000);
    lab.server.thaw();
    close(sockets);
    await sleep(300);
  },
};

// The load: plays Asterisk for many calls at once and takes the times.
import { connect, type Socket } from 'node:net';
import { environment } from '../lib/env.js';
import { ms, openLoop } from '../lib/pace.js';

export type Order =
  /** Closed loop: so many sessions at once. */
  | { kind: 'closed'; port: number; sessions: number; concurrency: number }
  /** Open loop: so many begin each second, whether the others have ended or not. */
  | { kind: 'open'; port: number; sessions: number; rate: number }
  /** Open the sessions, let the server ask its first command, and answer nothing. */
  | { kind: 'hold'; port: number; sessions: number }
  /** End what is held. */
  | { kind: 'release' };

export interface Result {
  seconds: number;
  failed: number;
  /** Connect (open loop: the moment it was due) to the end of the session, in ms. */
  session: number[];
  /** Our answer to the server's next command, in ms. */
  gap: number[];
}
export interface Held {
  open: number;
}

const LINE = 'v=1&id=pbx1-1763676543.42-offer&at=1763676543.123&pbx=pbx1&call=pbx1-1763676543.42&event=offer';
const SESSION = environment('/event', LINE);
const IDLE = environment('/idle', LINE);

function session(port: number, due: number, result: Result, done: () => void): void {
  let answered = 0;
  let answeredAt = 0;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write(SESSION);
  socket.on('data', () => {
    const now = ms();
    if (answered > 0) result.gap.push(now - answeredAt);
    socket.write(answered === 0 ? '200 result=1 (pbx1-1763676543.42)\n' : '200 result=1\n');
    answered++;
    answeredAt = now;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    result.session.push(ms() - due);
    if (answered !== 2) result.failed++;
    done();
  });
}

function closedLoop(count: number, concurrency: number, begin: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    let begun = 0;
    let ended = 0;
    const next = () => {
      if (begun++ < count) begin(done);
    };
    const done = () => {
      ended += 1;
      if (ended === count) resolve();
      else next();
    };
    for (let i = 0; i < concurrency; i++) next();
  });
}

async function run(order: Extract<Order, { kind: 'closed' | 'open' }>): Promise<Result> {
  const result: Result = { seconds: 0, failed: 0, session: [], gap: [] };
  const { port, sessions: count } = order;
  const start = ms();
  if (order.kind === 'open')
    await openLoop({ rate: order.rate, count }, (_, due, done) => session(port, due, result, done));
  else await closedLoop(count, order.concurrency, (done) => session(port, ms(), result, done));
  return { ...result, seconds: (ms() - start) / 1000 };
}

/** Connections from one address at most: the kernel has some 28,000 ports for each, and other rounds need some too. */
const FROM_ONE = 2_500;
const held: Socket[] = [];

/** Opens sessions that stay, a few at a time: the backlog is small on purpose. */
async function hold(port: number, sessions: number): Promise<Held> {
  let open = 0;
  const one = async () => {
    while (open < sessions) {
      const localAddress = `127.0.0.${10 + Math.floor(open / FROM_ONE)}`;
      open++;
      await new Promise<void>((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', localAddress }, () => socket.write(IDLE));
        socket.once('data', () => resolve());
        socket.on('error', (error) => reject(new Error(`idle session ${open} of ${sessions}: ${error.message}`)));
        socket.on('close', () => reject(new Error(`idle session ${open} of ${sessions} was closed by the server`)));
        held.push(socket);
      });
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
  return { open: held.filter((socket) => !socket.destroyed).length };
}

function release(): Held {
  const open = held.filter((socket) => !socket.destroyed).length;
  for (const socket of held.splice(0)) socket.destroy();
  return { open };
}

const obey = async (order: Order): Promise<Result | Held> => {
  if (order.kind === 'hold') return hold(order.port, order.sessions);
  return order.kind === 'release' ? release() : run(order);
};

process.on('message', (order: Order) => {
  obey(order).then(
    (result) => process.send?.(result),
    (error) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

// The load: plays Asterisk for many calls at once and takes the times.
import { connect } from 'node:net';

export interface Order {
  port: number;
  path: string;
  sessions: number;
  /** Closed loop: so many at once. */
  concurrency?: number;
  /** Open loop: so many begin each second, whether the others have ended or not. */
  rate?: number;
  /** Open the sessions and hold them. */
  hold?: boolean;
}
export interface Result {
  seconds: number;
  failed: number;
  /** Connect (open loop: the moment it was due) to the end of the session, in ms. */
  session: number[];
  /** Our answer to the server's next command, in ms. */
  gap: number[];
}

const environment = (path: string) => `agi_network: yes
agi_network_script: ${path.slice(1)}?v=1
agi_request: agi://192.0.2.10${path}?v=1
agi_channel: PJSIP/trunk-0000002a
agi_language: en
agi_type: PJSIP
agi_uniqueid: pbx1-1763676543.42
agi_version: 22.10.1
agi_callerid: 555-0100
agi_calleridname: Example
agi_callingpres: 0
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: 555-0199
agi_rdnis: unknown
agi_context: dialhook-send
agi_extension: s
agi_priority: 3
agi_enhanced: 0.0
agi_accountcode:
agi_threadid: 140273834014464
agi_arg_1: v=1&id=pbx1-1763676543.42-offer&at=1763676543.123&pbx=pbx1&call=pbx1-1763676543.42&event=offer

`;
const ms = () => Number(process.hrtime.bigint()) / 1e6;

function session(order: Order, due: number, result: Result, done: () => void): void {
  let answered = 0;
  let answeredAt = 0;
  const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
  socket.write(environment(order.path));
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

function run(order: Order): Promise<Result> {
  const result: Result = { seconds: 0, failed: 0, session: [], gap: [] };
  const start = ms();
  return new Promise((resolve) => {
    let begun = 0;
    let ended = 0;
    const done = () => {
      if (++ended === order.sessions) {
        clearInterval(pace);
        resolve({ ...result, seconds: (ms() - start) / 1000 });
      } else if (order.rate === undefined) next();
    };
    const next = () => {
      if (begun < order.sessions) session(order, order.rate ? start + (begun * 1000) / order.rate : ms(), result, done);
      begun++;
    };
    const { rate } = order;
    const pace = rate
      ? setInterval(() => {
          while (begun < order.sessions && begun < ((ms() - start) * rate) / 1000) next();
        }, 1)
      : undefined;
    if (!rate) for (let i = 0; i < (order.concurrency ?? 64); i++) next();
  });
}

/** Opens sessions that stay, a few at a time: the backlog is small on purpose. */
async function hold({ port, path, sessions }: Order): Promise<number> {
  let open = 0;
  const one = async () => {
    while (open < sessions) {
      open++;
      await new Promise<void>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(environment(path), () => resolve()));
        socket.on('error', reject);
      });
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
  return open;
}

process.on('message', (order: Order) => {
  (order.hold ? hold(order) : run(order)).then(
    (result) => process.send?.(result),
    (error) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

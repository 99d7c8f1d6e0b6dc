// The load: hooks of many calls, each with an event line; the time until the server confirms that the line is safe.
import { connect } from 'node:net';
import { lineOf } from '../lib/calls.js';
import { environment } from '../lib/env.js';
import { ms, openLoop } from '../lib/pace.js';

export interface Order {
  port: number;
  rate: number;
  count: number;
  /** Keeps the ids of this round apart from all others. */
  run: number;
}
export interface Result {
  confirmed: number;
  /** From the moment the hook was due to its confirmation, ms. */
  times: number[];
}

/** Who has not been answered by then counts as not confirmed, and the round fails. */
const PATIENCE_MS = 10_000;
const CONFIRMED = 'SET VARIABLE "DH_ACK" "1"\n';

function hook({ port, run }: Order, n: number, due: number, result: Result, done: () => void): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write(environment('/event', lineOf(run, n, Date.now())));
  socket.on('data', (chunk) => {
    if (chunk.toString('latin1') === CONFIRMED) {
      result.times.push(ms() - due);
      result.confirmed++;
    }
    socket.write('200 result=1\n');
  });
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on('error', () => {});
  socket.on('close', done);
}

async function run(order: Order): Promise<Result> {
  const result: Result = { confirmed: 0, times: [] };
  await openLoop(order, (n, due, done) => hook(order, n, due, result, done));
  return result;
}

process.on('message', (order: Order) => {
  run(order).then(
    (result) => process.send?.(result),
    (error) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

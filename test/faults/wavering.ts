// A FastAGI server that confirms until the Nth request, and from then on does harm in one manner.
import { createServer, type Server, type Socket } from 'node:net';
import { reset } from '../../scripts/lab/proxy.js';

/** closing: ends sessions without a word; refusing: is gone; frozen: takes connections and is silent until a watchdog ends it. */
export type Manner = 'closing' | 'refusing' | 'frozen';

export interface Wavering {
  /** Lines that it took and confirmed since the last begin(). */
  taken: string[];
  /** From the `nth` request on, counted from now, it does harm. */
  begin(manner: Manner, nth: number): Promise<void>;
  /** Requests since begin(), those that met the harm too. */
  requests(): number;
  close(): Promise<void>;
}

/** How long a frozen one is left alone: then it is ended, and its connections with it, as systemd's watchdog does. */
export const WATCHDOG_MS = 2000;

export async function waveringServer(port: number): Promise<Wavering> {
  const sockets = new Set<Socket>();
  const taken: string[] = [];
  let [manner, nth, requests]: [Manner, number, number] = ['closing', Number.POSITIVE_INFINITY, 0];
  let server: Server | null = null;
  let watchdog: NodeJS.Timeout | undefined;

  const shut = async () => {
    const closing = server;
    server = null;
    for (const socket of sockets) reset(socket);
    if (closing) await new Promise((done) => closing.close(done));
  };

  function harm(socket: Socket): void {
    if (manner === 'closing') socket.end();
    else if (manner === 'refusing') void shut();
    else watchdog ??= setTimeout(() => void shut(), WATCHDOG_MS);
  }

  function answer(socket: Socket): void {
    let text = '';
    let asked = false;
    socket.setEncoding('utf8').on('data', (bytes: string) => {
      text += bytes;
      if (asked) {
        socket.end();
      } else if (text.endsWith('\n\n')) {
        asked = true;
        requests += 1;
        if (requests >= nth) {
          harm(socket);
          return;
        }
        // As ours has it in the journal by now; the answer may still get lost, and then the dialplan spools it too.
        taken.push(/^agi_arg_1: (.*)$/m.exec(text)?.[1] ?? '-');
        socket.write('SET VARIABLE DH_ACK 1\n');
      }
    });
  }

  const listen = () =>
    new Promise<void>((done) => {
      server = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket);
        socket.on('error', () => {}).on('close', () => sockets.delete(socket));
        answer(socket);
      }).listen(port, '127.0.0.1', done);
    });
  await listen();
  return {
    taken,
    requests: () => requests,
    async begin(how, from) {
      clearTimeout(watchdog);
      watchdog = undefined;
      await shut();
      taken.length = 0;
      [manner, nth, requests] = [how, from, 0];
      await listen();
    },
    async close() {
      clearTimeout(watchdog);
      await shut();
    },
  };
}

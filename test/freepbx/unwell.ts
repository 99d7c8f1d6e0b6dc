// Stands whose server is not well: dead (nobody listens), refusing (it takes a connection and closes it), frozen (SIGSTOP).
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { freePort } from '../../scripts/lab/ports.js';
import { startServer } from '../../scripts/lab/server.js';
import { openStand, overlaid, type Stand } from './centre.js';

export const UNWELL = ['dead', 'refusing', 'frozen'] as const;
export type Unwell = (typeof UNWELL)[number];

/** Whatever answers on the port instead of a well server; gives how to end it. */
const SERVERS: Record<Unwell, (port: number) => Promise<() => Promise<unknown>>> = {
  dead: async () => async () => undefined,
  refusing: (port) =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => socket.destroy());
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port }, () => resolve(() => new Promise((done) => server.close(done))));
    }),
  frozen: async (port) => {
    const server = await startServer({ env: { DIALHOOK_AGI_PORT: String(port) } });
    server.freeze();
    return async () => {
      server.thaw();
      await server.kill();
    };
  },
};

export interface UnwellStand extends Stand {
  /** Kinds of the lines in the spool, sorted. */
  spooled(): string[];
  stop(): Promise<void>;
}

export async function openUnwell(how: Unwell, times: Parameters<typeof overlaid>[0]): Promise<UnwellStand> {
  const port = await freePort();
  const end = await SERVERS[how](port);
  const stand = await openStand(overlaid({ ...times, agi: `127.0.0.1:${port}` }));
  return {
    ...stand,
    spooled: () =>
      existsSync(stand.pbx.spoolPath) ? kindsOf(readFileSync(stand.pbx.spoolPath, 'utf8').split('\n')) : [],
    stop: async () => {
      await end();
      await stand.pbx.remove();
    },
  };
}

/** Kinds of event lines, sorted. */
export const kindsOf = (lines: readonly string[]): string[] =>
  lines
    .filter((line) => line !== '')
    .map((line) => new URLSearchParams(line).get('event') ?? '')
    .sort();

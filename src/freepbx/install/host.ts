// The host beside its files: programs, ports, chance. Tests hand in another one.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';

export interface Host {
  /** Runs a program. Never rejects: `code` is -1 when there is no such program. */
  run(program: string, args: readonly string[]): Promise<{ code: number; out: string }>;
  /** Whether a TCP port of the loopback can be listened on. */
  portFree(port: number): Promise<boolean>;
  /** 32 letters and digits. */
  secret(): string;
  now(): Date;
  /** Whether the programs of this host concern what is worked on: not so for a copy of a system. */
  live: boolean;
}

const RUN_MS = 60_000;

export const thisHost = (live: boolean): Host => ({
  live,
  run: (program, args) =>
    new Promise((resolve) => {
      execFile(program, [...args], { timeout: RUN_MS, encoding: 'utf8' }, (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, out: `${out}${err}`.trim() });
      });
    }),
  portFree: (port) =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    }),
  // Nothing in it means anything to a shell, an URL or a configuration file.
  secret: () => randomBytes(16).toString('hex'),
  now: () => new Date(),
});

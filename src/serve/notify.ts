// What systemd is told (sd_notify(3)): ready, stopping, and every so often that the server is alive. Node has no datagram
// sockets of the kind that protocol uses, so the program that comes with systemd sends the words.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** systemd-notify waits until systemd has read the word; longer than this it is not there, ms. */
const PATIENCE_MS = 2000;

export type Notify = (...words: string[]) => Promise<void>;

/** Tells systemd, when it started us as a service that notifies; null when it did not. Rejects when it could not be told. */
export function notifyOf(env: NodeJS.ProcessEnv): Notify | null {
  const socket = env['NOTIFY_SOCKET'] ?? '';
  if (socket === '') return null;
  return async (...words) => {
    await run('systemd-notify', words, { timeout: PATIENCE_MS, env: { ...env, NOTIFY_SOCKET: socket } });
  };
}

/** How long systemd waits for a word before it ends the service (WatchdogSec=), ms; 0 when it does not watch. */
export function watchdogOf(env: NodeJS.ProcessEnv, pid: number): number {
  const forUs = env['WATCHDOG_PID'] === undefined || env['WATCHDOG_PID'] === String(pid);
  const usec = Number(env['WATCHDOG_USEC'] ?? 0);
  return forUs && Number.isFinite(usec) && usec > 0 ? usec / 1000 : 0;
}

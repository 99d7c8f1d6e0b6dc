// Listening that doesn't give up: a port that is taken is said once and tried again, while the rest of the server runs.
import type { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface Log {
  error(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

const AGAIN_MS = 2000;

/**
 * Makes a server listen. Resolves with true when it does, with false when `signal` ended the trying.
 * `what` and `option` name it in the log: what can't start, and which option chooses another port.
 */
export async function listenFor(
  listen: () => Server,
  names: { what: string; option: string; address: string },
  signal: AbortSignal,
  log: Log,
): Promise<boolean> {
  let told = false;
  while (!signal.aborted) {
    const problem = await once(listen);
    if (problem === null) {
      if (told) log.info({ address: names.address }, `${names.what} listens now`);
      return true;
    }
    if (!told)
      log.error(
        { address: names.address, reason: refusalInWords(problem) },
        `${names.what} can't listen; choose another port by ${names.option}, or free this one. It is tried again`,
      );
    told = true;
    await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

function once(listen: () => Server): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = listen();
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', worked);
      resolve(error);
    };
    const worked = () => {
      server.off('error', failed);
      resolve(null);
    };
    server.once('error', failed);
    server.once('listening', worked);
  });
}

/** Why a port can't be had. */
export function refusalInWords(error: { code?: string | undefined; message: string }): string {
  if (error.code === 'EADDRINUSE') return 'another process listens there';
  if (error.code === 'EADDRNOTAVAIL') return 'this machine has no such address';
  if (error.code === 'EACCES') return 'this user may not listen on that port';
  return error.message;
}

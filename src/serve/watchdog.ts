// The watchdog's side of a server that may freeze: Asterisk waits for ever for a FastAGI server that took the connection, so
// a frozen one holds calls until it is ended. The thread that answers them says that it is alive; systemd ends us when it
// does not. A main thread that hangs for long is ended too, but later: no call waits for it.
import type { Log } from '../log/log.js';
import type { Notify } from './notify.js';

export interface WatchdogParts {
  notify: Notify;
  /** systemd's patience, ms. */
  limitMs: number;
  log: Pick<Log, 'warn' | 'fatal'>;
}

/** Counted since the start. */
export interface Words {
  told: number;
  failed: number;
}

export interface Watchdog {
  words(): Words;
  /** The main thread was heard of. */
  mainIsAlive(): void;
  stop(): void;
}

/** Words a patience: a word that comes late by one machine's hiccup is not the last. */
const WORDS = 4;
/** How long the main thread may be silent, ms: a large import or report may keep it busy for seconds. */
export const MAIN_SILENT_MS = 20_000;

/** Says `WATCHDOG=1` four times in systemd's patience, until stopped, or until the main thread has been silent for 20 s. */
export function startWatchdog({ notify, limitMs, log }: WatchdogParts): Watchdog {
  // A clock that runs on, whatever the host's does: after a step back a main thread that hangs would look alive for an hour.
  const now = () => performance.now();
  let heard = now();
  let told = false;
  let busy = false;
  const words: Words = { told: 0, failed: 0 };
  const beat = () => {
    const silent = now() - heard;
    if (silent > MAIN_SILENT_MS) {
      if (!told)
        log.fatal(
          { silentMs: silent },
          'the main thread hangs; the watchdog is let go, so that this server is started anew',
        );
      told = true;
      return;
    }
    if (busy) return;
    busy = true;
    notify('WATCHDOG=1')
      .then(() => {
        words.told += 1;
      })
      .catch((error: unknown) => {
        words.failed += 1;
        log.warn({ err: error }, 'systemd could not be told that the server is alive');
      })
      .finally(() => {
        busy = false;
      });
  };
  const timer = setInterval(beat, limitMs / WORDS);
  beat();
  return {
    words: () => ({ ...words }),
    mainIsAlive: () => {
      heard = now();
    },
    stop: () => clearInterval(timer),
  };
}

import { type Memory, NOTHING_YET, type ReconcileDeps, reconcile } from './reconcile.js';
import { startWatch, type WatchDeps } from './watch.js';

export interface StartOptions extends ReconcileDeps, Pick<WatchDeps, 'restMs'> {
  /** Pause between two looks, ms; a minute by default. */
  everyMs?: number;
}

/** Stops listening and looking. */
export interface Comparing {
  (): Promise<void>;
  /** Looks now, instead of within the next minute; resolves when what was found is reported. */
  look(): Promise<void>;
}

/**
 * Listens, and looks every minute and after each login to the manager interface, until stop() is called; stop() waits for a
 * look that is under way. A look that fails leaves what was seen before as it was. Two never run at once.
 */
export function startReconcile(options: StartOptions): Comparing {
  const watch = startWatch(options);
  let memory: Memory = NOTHING_YET;
  let running: Promise<void> | null = null;
  let stopped = false;
  const look = () => {
    if (stopped || running !== null) return;
    running = reconcile(options, memory, watch)
      .then((next) => {
        memory = next;
      })
      .catch((error: unknown) => {
        // Whoever stops may close the connection too.
        const level = stopped ? 'debug' : 'warn';
        options.log[level]({ err: error, pbx: options.pbx }, 'the PBX could not be compared with the tables');
      })
      .finally(() => {
        running = null;
      });
  };
  const timer = setInterval(look, options.everyMs ?? 60_000);
  const unlisten = options.ami.on('up', look);
  const stop = async () => {
    stopped = true;
    clearInterval(timer);
    unlisten();
    await running;
    await watch.stop();
  };
  const lookNow = async () => {
    await running;
    look();
    await running;
  };
  return Object.assign(stop, { look: lookNow });
}

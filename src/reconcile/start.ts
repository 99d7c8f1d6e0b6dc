import type { Missed } from './compare.js';
import { type ReconcileDeps, reconcile } from './reconcile.js';

export interface StartOptions extends ReconcileDeps {
  /** Pause between two looks, ms; a minute by default. */
  everyMs?: number;
}

/**
 * Looks every minute, and after each login to the manager interface, until stop() is called; stop() waits for a look that
 * is under way. A look that fails leaves what was missed before as it was. Two never run at once.
 */
export function startReconcile(options: StartOptions): () => Promise<void> {
  let missed: Missed = new Map();
  let running: Promise<void> | null = null;
  let stopped = false;
  const look = () => {
    if (stopped || running !== null) return;
    running = reconcile(options, missed)
      .then((next) => {
        missed = next;
      })
      .catch((error: unknown) => {
        options.log.warn({ err: error, pbx: options.pbx }, 'the PBX could not be compared with the tables');
      })
      .finally(() => {
        running = null;
      });
  };
  const timer = setInterval(look, options.everyMs ?? 60_000);
  const unlisten = options.ami.on('up', look);
  return async () => {
    stopped = true;
    clearInterval(timer);
    unlisten();
    await running;
  };
}

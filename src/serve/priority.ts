// The thread at the door goes before the threads that apply and that show pages, where the host lets it.
import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** So much less nice than the others it gets three times the share of one of them; LimitNICE of our unit allows it. */
const STEP = 5;
const LEAST = -20;

/**
 * Prefers the calling thread to the others of this process. On Linux a niceness is a thread's own (setpriority(2)), though POSIX
 * says a process's; elsewhere, and without the right to it, nothing happens. Says whether it did.
 */
export function preferThisThread(): boolean {
  try {
    // Only a call that does not go to another thread is told of this one.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (!(thread > 0) || thread === process.pid) return false;
    setPriority(thread, Math.max(LEAST, getPriority() - STEP));
    return true;
  } catch {
    return false;
  }
}

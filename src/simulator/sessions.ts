// The FastAGI sessions that are open right now, by the channel that runs them.
import { type AgiOutcome, type AgiSession, callAgi } from './agi-client.js';
import type { Planned } from './pbx.js';

export interface SessionsOptions {
  host: string;
  port: number;
  /** DH_BOUND and DH_LOOKUP_BOUND of the dialplan, in milliseconds. */
  boundMs: number;
  lookupBoundMs: number;
}

export interface Sessions {
  /** Asks the server; resolves when the session is over. */
  ask(planned: Planned, line: string): Promise<AgiOutcome>;
  /** The channel died: a session that its main line still holds is told so, unless both were due together (the main line's own end). */
  hangUp(planned: Planned): void;
  /** Drops all that are open. */
  abort(): void;
  open(): number;
}

/** Milliseconds within which the hooks of one moment follow each other. */
const TOGETHER = 20;
/** Where the AGI() of each way stands in dialplan/dialhook-send.conf. */
const SUBROUTINES = {
  main: { context: 'dialhook-bound', extension: 'agi', priority: 3 },
  side: { context: 'dialhook-send', extension: 'line', priority: 4 },
};

export function createSessions({ host, port, boundMs, lookupBoundMs }: SessionsOptions): Sessions {
  const open = new Set<{ session: AgiSession; uniqueid: string; at: number }>();
  return {
    async ask({ way, kind, dead, channel, thread, at }, line) {
      const path = kind === 'lookup' ? 'lookup' : 'event';
      const bound = kind === 'lookup' ? lookupBoundMs : way === 'main' ? boundMs : undefined;
      const request = { path, args: [line], host, port, channel, ...SUBROUTINES[way] };
      const session = callAgi(request, { dead, boundMs: bound, threadId: threadIdOf(thread) });
      const entry = { session, uniqueid: channel.uniqueid, at };
      open.add(entry);
      const outcome = await session.outcome;
      open.delete(entry);
      return outcome;
    },
    hangUp({ channel, at }) {
      for (const entry of open)
        if (entry.uniqueid === channel.uniqueid && entry.at < at - TOGETHER) entry.session.hangup();
    },
    abort() {
      for (const { session } of open) session.abort();
    },
    open: () => open.size,
  };
}

/** Asterisk shows the address of the thread; any number that stays the same for one thread will do. */
const threadIdOf = (thread: string) => 140_000_000_000_000 + Number(thread.split('.')[1] ?? 0) * 4096;

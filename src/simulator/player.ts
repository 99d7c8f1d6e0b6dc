// Sends planned requests as the dialplan does: one FastAGI session each, in the order of each Asterisk thread,
// confirmed by DH_ACK; what is not confirmed is spooled, and the breaker leaves a dead server alone for a while.
import { type AgiOutcome, type AgiSession, callAgi } from './agi-client.js';
import { createBreaker } from './breaker.js';
import { lineOf, type Planned } from './pbx.js';

export interface PlayerOptions {
  host: string;
  port: number;
  /** Keeps a line that no server confirmed; without it such a line is lost and counted. */
  spool?: ((line: string) => Promise<void>) | undefined;
  /** DH_BOUND, DH_LOOKUP_BOUND and DH_RETRY of the dialplan, in milliseconds. */
  boundMs?: number;
  lookupBoundMs?: number;
  retryMs?: number;
  /** Tell a session of the main line when its caller hangs up meanwhile, as Asterisk does. On unless said otherwise. */
  hangups?: boolean;
}

export interface PlayerStats {
  /** Requests that were sent or tried, lookups included. */
  requests: number;
  acked: number;
  spooled: number;
  lost: number;
  /** Sessions that failed, by reason. */
  errors: Record<string, number>;
  open: number;
  /** Milliseconds of each confirmed event, from AGI() to its return. */
  latencies: number[];
}

export interface Player {
  /** Resolves when the request is over, whatever came of it. */
  send(planned: Planned, at?: number): Promise<void>;
  stats(): PlayerStats;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
  /** Drops what is still under way, as a PBX that is stopped; the lines are spooled or counted as lost. */
  abort(): void;
}

/** Milliseconds within which the hooks of one moment follow each other. */
const TOGETHER = 20;
const SUBROUTINES = {
  main: { context: 'dialhook-bound', extension: 'agi', priority: 3 },
  side: { context: 'dialhook-send', extension: 'line', priority: 4 },
};

export function createPlayer(options: PlayerOptions): Player {
  const { boundMs = 1000, lookupBoundMs = 500, retryMs = 3000, hangups = true } = options;
  const breaker = createBreaker(retryMs);
  const stats: PlayerStats = { requests: 0, acked: 0, spooled: 0, lost: 0, errors: {}, open: 0, latencies: [] };
  const threads = new Map<string, Promise<void>>();
  /** The live sessions, by the channel that runs them. */
  const sessions = new Map<string, Set<AgiSession & { at: number }>>();
  let aborted = false;

  const run = async (planned: Planned, line: string): Promise<AgiOutcome> => {
    const { way, kind, dead, channel, thread } = planned;
    const path = kind === 'lookup' ? 'lookup' : 'event';
    const bound = kind === 'lookup' ? lookupBoundMs : way === 'main' ? boundMs : undefined;
    const request = { path, args: [line], host: options.host, port: options.port, channel, ...SUBROUTINES[way] };
    const session = { ...callAgi(request, { dead, boundMs: bound, threadId: threadIdOf(thread) }), at: planned.at };
    const own = sessions.get(channel.uniqueid) ?? new Set();
    sessions.set(channel.uniqueid, own.add(session));
    stats.requests += 1;
    stats.open += 1;
    const outcome = await session.outcome;
    stats.open -= 1;
    own.delete(session);
    if (own.size === 0) sessions.delete(channel.uniqueid);
    return outcome;
  };
  const keep = async (line: string) => {
    try {
      if (options.spool === undefined) stats.lost += 1;
      else {
        await options.spool(line);
        stats.spooled += 1;
      }
    } catch (error) {
      stats.lost += 1;
      count(stats.errors, `spool: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const play = async (planned: Planned, at: number): Promise<void> => {
    const line = lineOf(planned, at);
    const isEvent = planned.kind !== 'lookup';
    if (aborted || !breaker.asks(planned.way, Date.now())) return isEvent ? keep(line) : undefined;
    const outcome = await run(planned, line);
    if (outcome.variables.get('DH_ACK') === '1') {
      breaker.well(planned.way);
      stats.acked += 1;
      stats.latencies.push(outcome.ms);
      return;
    }
    if (!isEvent && outcome.variables.has('DH_FOUND')) return;
    // A caller who hung up in the middle leaves the line to the hangup handler, which spools it; the server is not blamed.
    const gone = outcome.status === 'HANGUP' && !outcome.timedOut;
    if (!gone) {
      breaker.open(Date.now(), outcome.timedOut || outcome.ms > 1000);
      count(stats.errors, outcome.timedOut ? 'no answer in time' : outcome.error || 'closed without confirming');
    }
    if (isEvent) await keep(line);
  };

  /** The channel died: a session that its main line still holds is told so, unless both were due together (the main line's own end). */
  const hangUp = ({ channel, at }: Planned) => {
    for (const session of sessions.get(channel.uniqueid) ?? []) if (session.at < at - TOGETHER) session.hangup();
  };

  return {
    send(planned, at = planned.at) {
      if (hangups && planned.dead) hangUp(planned);
      const before = threads.get(planned.thread) ?? Promise.resolve();
      const mine = before.then(() => play(planned, at));
      threads.set(planned.thread, mine);
      return mine.finally(() => {
        if (threads.get(planned.thread) === mine) threads.delete(planned.thread);
      });
    },
    stats: () => stats,
    idle: async () => {
      while (threads.size > 0) await Promise.allSettled([...threads.values()]);
    },
    abort() {
      aborted = true;
      for (const own of sessions.values()) for (const session of own) session.abort();
    },
  };
}

const count = (counts: Record<string, number>, what: string) => {
  counts[what] = (counts[what] ?? 0) + 1;
};

/** Asterisk shows the address of the thread; any number that stays the same for one thread will do. */
const threadIdOf = (thread: string) => 140_000_000_000_000 + Number(thread.split('.')[1] ?? 0) * 4096;

// Sends planned requests as the dialplan does: one FastAGI session each, in the order of each Asterisk thread,
// confirmed by DH_ACK; what is not confirmed is spooled, and the breaker leaves a dead server alone for a while.
import type { AgiOutcome } from './agi-client.js';
import { type Breaker, createBreaker } from './breaker.js';
import { lineOf, type Planned } from './pbx.js';
import { createSessions, type Sessions, type SessionsOptions } from './sessions.js';

export interface PlayerOptions extends Partial<SessionsOptions> {
  host: string;
  port: number;
  /** Keeps a line that no server confirmed; without it such a line is lost and counted. */
  spool?: ((line: string) => Promise<void>) | undefined;
  /** DH_RETRY of the dialplan, in milliseconds. */
  retryMs?: number;
  /** Tell a session of the main line when its caller hangs up meanwhile, as Asterisk does. On unless said otherwise. */
  hangups?: boolean;
  /** Hears of each request as it ends: what became of its line, and how long the call waited for it. */
  told?: ((request: Told) => void) | undefined;
}

/** One request that is over. */
export interface Told {
  planned: Planned;
  line: string;
  confirmed: boolean;
  /** Milliseconds from AGI() to its return; null when the breaker was open and nobody was asked. */
  ms: number | null;
}

export interface PlayerStats {
  /** Requests that were sent or tried, lookups included. */
  requests: number;
  acked: number;
  spooled: number;
  lost: number;
  /** Sessions that failed, by reason. */
  errors: Record<string, number>;
  /** Sessions open now. */
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

/** What the requests of one player share. */
interface Play {
  sessions: Sessions;
  breaker: Breaker;
  spool: PlayerOptions['spool'];
  told: PlayerOptions['told'];
  stats: PlayerStats;
  aborted: boolean;
}

export function createPlayer(options: PlayerOptions): Player {
  const { host, port, boundMs = 1000, lookupBoundMs = 500, retryMs = 3000, hangups = true } = options;
  const play: Play = {
    sessions: createSessions({ host, port, boundMs, lookupBoundMs }),
    breaker: createBreaker(retryMs),
    spool: options.spool,
    told: options.told,
    stats: { requests: 0, acked: 0, spooled: 0, lost: 0, errors: {}, open: 0, latencies: [] },
    aborted: false,
  };
  const threads = new Map<string, Promise<void>>();
  return {
    send(planned, at = planned.at) {
      if (hangups && planned.dead) play.sessions.hangUp(planned);
      const before = threads.get(planned.thread) ?? Promise.resolve();
      const mine = before.then(() => request(play, planned, lineOf(planned, at)));
      threads.set(planned.thread, mine);
      return mine.finally(() => {
        if (threads.get(planned.thread) === mine) threads.delete(planned.thread);
      });
    },
    stats: () => ({ ...play.stats, open: play.sessions.open() }),
    idle: async () => {
      while (threads.size > 0) await Promise.allSettled([...threads.values()]);
    },
    abort() {
      play.aborted = true;
      play.sessions.abort();
    },
  };
}

async function request(play: Play, planned: Planned, line: string): Promise<void> {
  const { breaker, stats } = play;
  const isEvent = planned.kind !== 'lookup';
  let confirmed = false;
  let ms: number | null = null;
  if (!play.aborted && breaker.asks(planned.way, Date.now())) {
    stats.requests += 1;
    const outcome = await play.sessions.ask(planned, line);
    ms = outcome.ms;
    confirmed = judge(play, planned, outcome);
  }
  if (isEvent && !confirmed) await keep(play, line);
  play.told?.({ planned, line, confirmed, ms });
}

/** Whether the server confirmed; else the breaker opens. */
function judge({ breaker, stats }: Play, planned: Planned, outcome: AgiOutcome): boolean {
  if (outcome.variables.get('DH_ACK') === '1') {
    breaker.well(planned.way);
    stats.acked += 1;
    stats.latencies.push(outcome.ms);
    return true;
  }
  if (planned.kind === 'lookup' && outcome.variables.has('DH_FOUND')) return true;
  // A caller who hung up in the middle leaves the line to the hangup handler, which spools it; the server is not blamed.
  if (outcome.status === 'HANGUP' && !outcome.timedOut) return false;
  breaker.open(Date.now(), outcome.timedOut || outcome.ms > 1000);
  count(stats.errors, outcome.timedOut ? 'no answer in time' : outcome.error || 'closed without confirming');
  return false;
}

async function keep({ spool, stats }: Play, line: string): Promise<void> {
  try {
    await spool?.(line);
    stats[spool === undefined ? 'lost' : 'spooled'] += 1;
  } catch (error) {
    stats.lost += 1;
    count(stats.errors, `spool: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const count = (counts: Record<string, number>, what: string) => {
  counts[what] = (counts[what] ?? 0) + 1;
};

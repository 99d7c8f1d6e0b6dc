// The generator: a simulated call centre that calls a server as Asterisk does. What is not confirmed goes to the spool file,
// opened, written and closed for each line, as Asterisk's FILE() does.
import { appendFileSync } from 'node:fs';
import { perform } from '../../src/simulator/perform.js';
import { createPlayer, type Player } from '../../src/simulator/player.js';
import { createStory } from '../../src/simulator/story.js';
import { newTruth, type Truth } from './truth.js';

/** Globals of the dialplan that the generator keeps to, ms. */
export const BOUND_MS = 1000;
export const LOOKUP_BOUND_MS = 500;
/** A refused server is asked again soon: a real PBX waits 3 s, and would spool nearly all of a test. */
const RETRY_MS = 100;

export interface GeneratorOptions {
  /** FastAGI servers; with several, each channel keeps to one, so that the events of one call come by all of them. */
  ports: readonly number[];
  spoolPath: string;
  seed: number;
  pbx?: string;
  /** Calls of the centre in a minute of its own, which goes `speed` times faster than ours. */
  callsPerMinute?: number;
  speed?: number;
}

export interface Generator {
  readonly truth: Truth;
  /** The PBX's clock goes wrong by so many ms from now on. */
  shiftClock(ms: number): void;
  /** All callers hang up, all operators go home; resolves when every line was confirmed or spooled. */
  stop(): Promise<void>;
}

export function startGenerator(options: GeneratorOptions): Generator {
  const { ports, spoolPath, seed, pbx = 'pbx1', callsPerMinute = 30, speed = 15 } = options;
  const truth = newTruth();
  let shift = 0;
  const spool = async (line: string) => appendFileSync(spoolPath, `${line}\n`);
  const players = ports.map((port) =>
    createPlayer({
      host: '127.0.0.1',
      port,
      boundMs: BOUND_MS,
      lookupBoundMs: LOOKUP_BOUND_MS,
      retryMs: RETRY_MS,
      spool,
      told: truth.note,
    }),
  );
  const player = shared(players, () => shift);
  const size = { operators: 20, queues: 4, wrapup: 20, extras: 0.3 };
  const story = createStory({ ...size, seed, pbx, callsPerMinute, speed, startAt: Date.now() });
  const over = new AbortController();
  const running = perform({ story, player, lastsMs: 0, signal: over.signal });
  return {
    truth,
    shiftClock: (ms) => {
      shift += ms;
    },
    stop: () => {
      truth.closing();
      over.abort();
      return running;
    },
  };
}

/** One player made of several: each thread of the PBX keeps to one of them, so that its order stays. */
function shared(players: readonly Player[], shift: () => number): Player {
  const of = (thread: string) => players[Number(thread.split('.')[1] ?? 0) % players.length] as Player;
  return {
    send: (planned, at = planned.at + shift()) => of(planned.thread).send(planned, at),
    stats: () => (players[0] as Player).stats(),
    idle: async () => void (await Promise.all(players.map((player) => player.idle()))),
    abort: () => {
      for (const player of players) player.abort();
    },
  };
}

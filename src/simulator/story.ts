// Pure. The story of a simulated call centre: seed and clock in, timed requests of Asterisk out.
// The same options give the same lines, however the time between is cut into pieces.
import { createAgenda } from './agenda.js';
import { beginArrivals } from './arrivals.js';
import { type Cast, makeCast } from './cast.js';
import { createPbx, type Planned } from './pbx.js';
import { dispatch } from './queue.js';
import { createRandom } from './random.js';
import { beginShift, endShift } from './shift.js';
import type { Agent, LiveCall, World } from './world.js';

export interface StoryOptions {
  seed: number;
  operators: number;
  queues: number;
  /** All kinds of calls together. */
  callsPerMinute: number;
  /** Milliseconds since the epoch at which the story begins. */
  startAt: number;
  /** How many times faster than life everything goes. 1 when left out. */
  speed?: number;
  /** Name of the PBX in every event. `pbx1` when left out. */
  pbx?: string;
}

/** What is going on, to be shown beside the counts of requests. */
export interface Figures {
  calls: number;
  waiting: number;
  ringing: number;
  talking: number;
  operators: number;
}

/** Times of a story are milliseconds since the epoch. */
export interface Story {
  cast: Cast;
  /** By when the next thing has happened; null when the story is over. */
  nextAt(): number | null;
  /** Goes on until `time` and says what Asterisk sends meanwhile, in order. */
  advance(time: number): Planned[];
  /** Ends every call and every shift at `time`, as if all callers hung up; the story is over then. */
  finish(time: number): Planned[];
  figures(): Figures;
}

export function createStory(options: StoryOptions): Story {
  const { startAt, speed = 1 } = options;
  const world = createWorld(options);
  const { agenda, agents, pbx } = world;
  beginShift(world);
  beginArrivals(world, options.callsPerMinute);
  let over = false;
  const advance = (time: number) => {
    if (!over) agenda.run((time - startAt) * speed);
    return pbx.take();
  };
  return {
    cast: world.cast,
    nextAt: () => {
      const next = over ? null : agenda.nextAt();
      // A whole millisecond that is surely past the moment: a sum of such numbers is too coarse to hit it.
      return next === null ? null : startAt + Math.floor(next / speed) + 1;
    },
    advance,
    finish(time) {
      const before = advance(time);
      over = true;
      world.dispatch = () => {};
      for (const agent of agents) agent.later = null;
      for (const call of [...world.calls]) call.stop();
      endShift(world);
      return [...before, ...pbx.take()];
    },
    figures: () => figuresOf(world),
  };
}

function createWorld(options: StoryOptions): World {
  const { startAt, speed = 1, pbx = 'pbx1' } = options;
  const agenda = createAgenda();
  const cast = makeCast(options);
  const agents = cast.operators.map(
    (who): Agent => ({ who, online: false, paused: false, busy: false, restUntil: 0, lastCall: 0, later: null }),
  );
  const crew = (queue: string) => agents.filter((agent) => agent.who.queues.includes(queue));
  const world: World = {
    random: createRandom(options.seed),
    agenda,
    pbx: createPbx(pbx, () => startAt + agenda.now() / speed),
    cast,
    agents,
    crews: new Map(cast.queues.map(({ name }) => [name, crew(name)])),
    calls: new Set(),
    waiting: [],
    dispatch: () => dispatch(world),
  };
  return world;
}

function figuresOf({ calls, agents }: World): Figures {
  const count = (state: LiveCall['state']) => [...calls].filter((call) => call.state === state).length;
  const waiting = [...calls].filter(
    (call) => call.queue !== '' && (call.state === 'waiting' || call.state === 'ringing'),
  ).length;
  return {
    calls: calls.size,
    waiting,
    ringing: count('ringing'),
    talking: count('talking'),
    operators: agents.filter((agent) => agent.online).length,
  };
}

// Pure. The story of a simulated call centre: seed and clock in, timed requests of Asterisk out.
// The same options give the same lines, however the time between is cut into pieces.
import { createAgenda } from './agenda.js';
import { beginArrivals } from './arrivals.js';
import { type Cast, makeCast } from './cast.js';
import { handOn } from './hands.js';
import { createPbx, type Planned } from './pbx.js';
import { dispatch } from './queue.js';
import { createRandom } from './random.js';
import { beginShift, endShift } from './shift.js';
import type { Talk } from './talk.js';
import { emptyWorld, type LiveCall, newAgent, type World } from './world.js';

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
  /** Seconds of wrap-up after a talk of a queue (every third has none). None when left out. */
  wrapup?: number;
  /** Share of the calls, 0 to 1, in which more happens than a talk. None when left out. */
  extras?: number;
}

/** What is going on, to be shown beside the counts of requests. */
export interface Figures {
  calls: number;
  waiting: number;
  ringing: number;
  talking: number;
  parked: number;
  wrappingUp: number;
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
      world.handOn = () => false;
      for (const agent of agents) agent.later = null;
      for (const call of [...world.calls]) call.stop();
      endShift(world);
      return [...before, ...pbx.take()];
    },
    figures: () => figuresOf(world),
  };
}

function createWorld(options: StoryOptions): World {
  const { startAt, speed = 1, pbx = 'pbx1', extras = 0 } = options;
  const agenda = createAgenda();
  const cast = makeCast(options);
  const clock = () => startAt + agenda.now() / speed;
  const world = emptyWorld({
    random: createRandom(options.seed),
    agenda,
    pbx: createPbx(pbx, clock),
    clock,
    cast,
    agents: cast.operators.map(newAgent),
  });
  return Object.assign(world, {
    speed,
    extras,
    dispatch: () => dispatch(world),
    handOn: (talk: Talk) => handOn(world, talk),
  });
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
    parked: count('parked'),
    wrappingUp: agents.filter((agent) => agent.wrapup !== null).length,
    operators: agents.filter((agent) => agent.online).length,
  };
}

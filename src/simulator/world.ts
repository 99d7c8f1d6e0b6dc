// Pure. What the stories of one simulated centre share.
import type { Agenda } from './agenda.js';
import type { Cast, SimOperator, SimQueue } from './cast.js';
import type { Pbx, SimChannel } from './pbx.js';
import type { Random } from './random.js';
import type { Talk } from './talk.js';

/** An operator at work. */
export interface Agent {
  who: SimOperator;
  online: boolean;
  paused: boolean;
  /** The phone rings or is in a call. */
  busy: boolean;
  /** The phone is in a call. */
  talking: boolean;
  /** The wrap-up after a talk, until when by the PBX's clock; each is an object of its own. */
  wrapup: { queue: string; until: number } | null;
  /** Until then the queues leave the operator alone (wrapuptime). */
  restUntil: number;
  lastCall: number;
  /** What to do once the phone is free: a pause, the end of the shift. */
  later: (() => void) | null;
}

export interface LiveCall {
  caller: SimChannel;
  queue: string;
  state: 'dialling' | 'waiting' | 'ringing' | 'talking' | 'parked';
  /** Who gets the call back when nobody takes it, and by which channel it was transferred. */
  back: { agent: Agent; by: string } | null;
  /** It was handed on or parked. */
  transferred: boolean;
  /** What the last Dial() of the caller set, which stays; empty without one. */
  dialstatus: string;
  /** The caller hangs up now: sends every end event that is due. */
  stop: () => void;
  /** What else ends with the call: the phone of an operator who placed it becomes free. */
  over: () => void;
}

/** One ring of one device. */
export interface Ring {
  agent: Agent;
  channel: SimChannel;
  off: () => void;
}

/** A caller in a queue. */
export interface Visit {
  call: LiveCall;
  queue: SimQueue;
  enteredAt: number;
  priority: number;
  rings: Ring[];
  /** Endpoints that refused in this round. */
  tried: Set<string>;
  /** app_queue sleeps `retry` seconds between two rounds. */
  sleeping: boolean;
  /** Ends the timers of the visit. */
  off: () => void;
}

export interface World {
  random: Random;
  agenda: Agenda;
  pbx: Pbx;
  /** Milliseconds since the epoch by the PBX's clock, which goes slower than the agenda when the story is hurried. */
  clock: () => number;
  speed: number;
  /** Share of the calls, 0 to 1, in which more happens than a talk: a menu, a hand-over, parking, a message. */
  extras: number;
  cast: Cast;
  agents: Agent[];
  crews: Map<string, Agent[]>;
  calls: Set<LiveCall>;
  waiting: Visit[];
  /** Slots of the car park that are taken, and the last one that was given. */
  slots: { taken: Set<number>; last: number };
  /** Number of the last message of each mailbox, from 0. */
  messages: Map<string, number>;
  /** Somebody became free or came: see who can be rung. */
  dispatch: () => void;
  /** An operator who has talked enough may hand the caller on instead of hanging up; false when not. */
  handOn: (talk: Talk) => boolean;
}

export const SECOND = 1000;

/** A world with nobody in it yet. */
export function emptyWorld(parts: Pick<World, 'random' | 'agenda' | 'pbx' | 'clock' | 'cast' | 'agents'>): World {
  const crew = (queue: string) => parts.agents.filter((agent) => agent.who.queues.includes(queue));
  return {
    ...parts,
    speed: 1,
    extras: 0,
    crews: new Map(parts.cast.queues.map(({ name }) => [name, crew(name)])),
    calls: new Set(),
    waiting: [],
    slots: { taken: new Set(), last: -1 },
    messages: new Map(),
    dispatch: () => {},
    handOn: () => false,
  };
}

/** An operator who has not come yet. */
export const newAgent = (who: SimOperator): Agent => ({
  who,
  online: false,
  paused: false,
  busy: false,
  talking: false,
  wrapup: null,
  restUntil: 0,
  lastCall: 0,
  later: null,
});

/** Opens a call: its caller's channel, and its place among the live ones. */
export function openCall(
  world: World,
  endpoint: string,
  who: { number: string; name: string; dnid: string },
  over = () => {},
): LiveCall {
  const caller = world.pbx.start(endpoint, who);
  const call: LiveCall = {
    caller,
    queue: '',
    state: 'dialling',
    back: null,
    transferred: false,
    dialstatus: '',
    stop: () => {},
    over,
  };
  world.calls.add(call);
  return call;
}

/** On duty, at hand, and with nothing to do. */
export const isReady = ({ online, paused, busy, wrapup }: Agent): boolean =>
  online && !paused && !busy && wrapup === null;

/** What the phone is doing, as DEVICE_STATE() says it. */
export const deviceOf = ({ busy, talking }: Agent): string => (talking ? 'inuse' : busy ? 'ringing' : 'not_inuse');

/** Does something on the operator's phone as soon as it is free. */
export function whenFree(agent: Agent, action: () => void): void {
  if (agent.busy) agent.later = action;
  else action();
}

/** The operator's phone is free; the queues wait `restSeconds` more. */
export function release(world: World, agent: Agent, restSeconds: number): void {
  agent.busy = false;
  agent.talking = false;
  agent.restUntil = world.agenda.now() + restSeconds * SECOND;
  const { later } = agent;
  agent.later = null;
  later?.();
  world.agenda.after(restSeconds * SECOND, world.dispatch);
}

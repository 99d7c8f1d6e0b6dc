// Pure. What the stories of one simulated centre share.
import type { Agenda } from './agenda.js';
import type { Cast, SimOperator, SimQueue } from './cast.js';
import type { Pbx, SimChannel } from './pbx.js';
import type { Random } from './random.js';

/** An operator at work. */
export interface Agent {
  who: SimOperator;
  online: boolean;
  paused: boolean;
  /** The phone rings or is in a call. */
  busy: boolean;
  /** Until then the queues leave the operator alone (wrapuptime). */
  restUntil: number;
  lastCall: number;
  /** What to do once the phone is free: a pause, the end of the shift. */
  later: (() => void) | null;
}

export interface LiveCall {
  caller: SimChannel;
  queue: string;
  state: 'dialling' | 'waiting' | 'ringing' | 'talking';
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
  cast: Cast;
  agents: Agent[];
  crews: Map<string, Agent[]>;
  calls: Set<LiveCall>;
  waiting: Visit[];
  /** Somebody became free or came: see who can be rung. */
  dispatch: () => void;
}

export const SECOND = 1000;

/** Opens a call: its caller's channel, and its place among the live ones. */
export function openCall(
  world: World,
  endpoint: string,
  who: { number: string; name: string; dnid: string },
  over = () => {},
): LiveCall {
  const call: LiveCall = { caller: world.pbx.start(endpoint, who), queue: '', state: 'dialling', stop: () => {}, over };
  world.calls.add(call);
  return call;
}

/** Does something on the operator's phone as soon as it is free. */
export function whenFree(agent: Agent, action: () => void): void {
  if (agent.busy) agent.later = action;
  else action();
}

/** The operator's phone is free; the queues wait `restSeconds` more. */
export function release(world: World, agent: Agent, restSeconds: number): void {
  agent.busy = false;
  agent.restUntil = world.agenda.now() + restSeconds * SECOND;
  const { later } = agent;
  agent.later = null;
  later?.();
  world.agenda.after(restSeconds * SECOND, world.dispatch);
}

// Pure. A caller talks with an operator: until one of the two hangs up, or the operator hands the caller on.
import { fromOutside } from './calls.js';
import type { SimQueue } from './cast.js';
import { bridged, type CallerEnd, hangUp } from './ends.js';
import type { SimChannel } from './pbx.js';
import { talkTime } from './people.js';
import { type Agent, type LiveCall, release, type World } from './world.js';
import { beginWrapup } from './wrapup.js';

export interface Talk {
  call: LiveCall;
  device: SimChannel;
  agent: Agent;
  /** The queue that brought them together; null outside the queues. */
  queue: SimQueue | null;
  /** What the caller's handler says beside cause and hangup source. */
  end: Partial<CallerEnd>;
  /** The caller goes on in the dialplan when the operator hangs up. */
  goesOn?: () => void;
}

/** Seconds that the queues leave an operator alone after a talk that no queue arranged. */
const REST = 3;

/** The operator has picked up: the talk begins. */
export function beginTalk(world: World, talk: Talk): void {
  const { agent, device, queue } = talk;
  agent.busy = true;
  agent.talking = true;
  bridged(device);
  if (queue) device.leaving = () => beginWrapup(world, agent, device, queue);
  goOn(world, talk, 0.6);
}

/** The two talk (on), and some time later one of them ends it; the caller with this chance. */
export function goOn(world: World, talk: Talk, callerEnds: number, lasts = talkTime(world.random)): void {
  const { call, device } = talk;
  call.state = 'talking';
  const over = (byCaller: boolean) => {
    off();
    if (!byCaller && fromOutside(world, call) && world.handOn(talk)) return;
    if (!byCaller && talk.goesOn) talk.goesOn();
    else hangUp(world, call, device, byCaller ? call.caller : device, talk.end);
    operatorLeft(world, talk);
  };
  const off = world.agenda.after(lasts, () => over(world.random.chance(callerEnds)));
  call.stop = () => over(true);
}

/** The operator's leg has ended: the phone is free. */
export function operatorLeft(world: World, { agent, queue }: Talk): void {
  if (queue) agent.lastCall = world.agenda.now();
  release(world, agent, queue === null ? REST : queue.wrapup > 0 ? 0 : queue.rest);
}

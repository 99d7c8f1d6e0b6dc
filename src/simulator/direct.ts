// Pure. Calls outside the queues: to a direct number, inside the house, to the world.
// Order of hooks: dial, ring (b()), answer (U()) or the ring's end, dialed (never after a talk), the caller's end.
import { fromOutside } from './calls.js';
import { bridged, DIALPLAN, endCaller, hangUp } from './ends.js';
import type { SimChannel } from './pbx.js';
import { type Reaction, reaction, talkTime } from './people.js';
import { beginTalk } from './talk.js';
import { leaveMessage } from './voicemail.js';
import { type Agent, deviceOf, type LiveCall, release, SECOND, type World } from './world.js';

const RINGING = 'SIP 180 Ringing';
const RING_SECONDS = 20;

/** How an attempt ends that nobody answers: the ring's cause and SIP line, DIALSTATUS, and the cause the caller ends with. */
interface Failure {
  cause: number;
  tech: string;
  status: string;
  end: number;
}
const BUSY: Failure = { cause: 17, tech: 'SIP 486 Busy Here', status: 'BUSY', end: 17 };
const REFUSED: Failure = { cause: 21, tech: 'SIP 603 Decline', status: 'CHANUNAVAIL', end: 21 };
const NO_ANSWER: Failure = { cause: 0, tech: RINGING, status: 'NOANSWER', end: 16 };
const NO_DEVICE: Failure = { cause: 3, tech: '', status: 'CHANUNAVAIL', end: 3 };
const NO_NUMBER: Failure = { cause: 1, tech: 'SIP 404 Not Found', status: 'CHANUNAVAIL', end: 34 };

/** What a device does, and what becomes of the call then. */
interface Far {
  endpoint: string;
  number: string;
  name: string;
  /** State of the phone before the ring; empty for a trunk. */
  device: string;
  will: Will;
  answered: (device: SimChannel) => void;
  /** The phone rings no more and was not answered. */
  rest: () => void;
  failed: (how: Failure) => void;
}

/**
 * The caller is put through to an operator's phone. When it answers they talk, unless `answered` says otherwise; when it
 * does not, the call goes back to the one who transferred it, to the mailbox, or ends.
 */
export function dialOperator(
  world: World,
  call: LiveCall,
  agent: Agent,
  to: string,
  answered = (device: SimChannel) => beginTalk(world, { call, device, agent, queue: null, end: {} }),
): void {
  const { pbx, random } = world;
  pbx.hook(call.caller, 'dial', { to });
  const { endpoint, name } = agent.who;
  const device = deviceOf(agent);
  const failed = (how: Failure) => unreached(world, call, agent, how);
  const far = { endpoint, number: endpoint, name, device, answered, rest: () => {}, failed };
  if (!agent.online && random.chance(0.5)) {
    // A phone without a registration has no channel, so b() never runs.
    failed(NO_DEVICE);
  } else if (agent.busy) {
    ring(world, call, { ...far, will: { does: 'fail', after: 200, how: BUSY } });
  } else {
    agent.busy = true;
    ring(world, call, { ...far, will: asDial(reaction(random, agent.who)), rest: () => release(world, agent, 3) });
  }
}

/** An operator calls somebody outside. */
export function dialOut(world: World, call: LiveCall, to: string): void {
  const { cast, pbx, random } = world;
  pbx.hook(call.caller, 'dial', { trunk: cast.trunk, to });
  const chance = random.next();
  const how = chance < 0.1 ? BUSY : chance < 0.22 ? NO_ANSWER : NO_NUMBER;
  const will: Will =
    chance > 0.27
      ? { does: 'answer', after: random.between(4, 15) * SECOND }
      : { does: 'fail', after: how === NO_ANSWER ? RING_SECONDS * SECOND : 2 * SECOND, how };
  ring(world, call, {
    endpoint: cast.trunk,
    number: to,
    name: '',
    device: '',
    will,
    answered: (device) => talk(world, call, device),
    rest: () => {},
    failed: ({ status, cause, end }) => {
      dialed(world, call, status, cause);
      // The operator hears the tone and hangs up.
      endCaller(world, call, { cause: end, by: call.caller.name });
    },
  });
}

/** The number leads nowhere. */
export function unrouted(world: World, call: LiveCall, to: string): void {
  world.pbx.hook(call.caller, 'unrouted', { reason: 'unknown number', to });
  const off = world.agenda.after(50, () => endCaller(world, call, { cause: 34, by: call.caller.name }));
  call.stop = () => {
    off();
    endCaller(world, call, { cause: 16, by: call.caller.name });
  };
}

type Will = { does: 'answer'; after: number } | { does: 'fail'; after: number; how: Failure };

function asDial(will: Reaction): Will {
  if (will.does === 'miss') return { does: 'fail', after: RING_SECONDS * SECOND, how: NO_ANSWER };
  return will.does === 'reject'
    ? { does: 'fail', after: will.after, how: REFUSED }
    : { does: 'answer', after: will.after };
}

function ring(world: World, call: LiveCall, far: Far): void {
  const { agenda, pbx, random } = world;
  const { endpoint, will } = far;
  const device = pbx.ring(call.caller, endpoint, far.number, far.name);
  pbx.hook(device, 'ring', { endpoint, dialler: call.caller.uniqueid, device: far.device });
  call.state = 'ringing';
  const endDevice = (cause: number, tech: string) => {
    const by = tech === RINGING ? '' : device.name;
    pbx.hook(device, 'end', { side: 'callee', endpoint, cause, tech, by });
    far.rest();
  };
  const cancel = () => {
    for (const off of offs) off();
    endDevice(127, RINGING);
    call.dialstatus = 'CANCEL';
    endCaller(world, call, { cause: 127, by: call.caller.name });
  };
  const outcome = () => {
    for (const off of offs) off();
    if (will.does === 'answer') {
      call.back = null;
      call.dialstatus = 'ANSWER';
      pbx.hook(device, 'answer', { endpoint, dialler: call.caller.uniqueid });
      far.answered(device);
    } else {
      endDevice(will.how.cause, will.how.tech);
      far.failed(will.how);
    }
  };
  const offs = [agenda.after(will.after, outcome), agenda.after(random.between(8, 45) * SECOND, cancel)];
  call.stop = cancel;
}

/** An operator talks with somebody outside. */
function talk(world: World, call: LiveCall, device: SimChannel): void {
  bridged(device);
  call.state = 'talking';
  const over = (by: SimChannel) => {
    off();
    hangUp(world, call, device, by, {});
  };
  const off = world.agenda.after(talkTime(world.random), () => over(world.random.chance(0.5) ? call.caller : device));
  call.stop = () => over(call.caller);
}

/** Dial() returned without a talk. A caller who talked before still has the cause of that, until a phone gives another. */
function dialed({ pbx }: World, call: LiveCall, status: string, cause: number): void {
  call.dialstatus = status;
  pbx.hook(call.caller, 'dialed', { status, cause: call.transferred && cause === 0 ? 16 : cause });
}

/** The phone was not reached: back to the one who transferred the call, on to the mailbox, or the dialplan hangs up. */
function unreached(world: World, call: LiveCall, agent: Agent, { status, cause, end }: Failure): void {
  const { caller, back } = call;
  dialed(world, call, status, cause);
  const direct = fromOutside(world, call) && !call.transferred;
  if (back) {
    call.back = null;
    const to = back.agent.who.endpoint;
    world.pbx.hook(caller, 'transfer', { kind: 'blind', result: 'returned', by: back.by, to });
    dialOperator(world, call, back.agent, to);
  } else if (direct && agent.who.mailbox && world.extras > 0) leaveMessage(world, call, agent.who.endpoint, cause);
  else endCaller(world, call, { cause: end, by: DIALPLAN });
}

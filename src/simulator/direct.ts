// Pure. Calls outside the queues: to a direct number, inside the house, to the world.
// Order of hooks: dial, ring (b()), answer (U()) or the ring's end, dialed (never after a talk), the caller's end.
import { bridged, DIALPLAN, endCaller, hangUp } from './ends.js';
import { type Reaction, reaction, talkTime } from './people.js';
import { type Agent, type LiveCall, release, SECOND, type World } from './world.js';

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

/** The caller is put through to an operator's phone. */
export function dialOperator(world: World, call: LiveCall, agent: Agent, to: string): void {
  const { pbx, random } = world;
  pbx.hook(call.caller, 'dial', { to });
  const { endpoint, name } = agent.who;
  const far = { endpoint, number: endpoint, name };
  if (!agent.online && random.chance(0.5)) {
    // A phone without a registration has no channel, so b() never runs.
    fail(world, call, NO_DEVICE);
  } else if (agent.busy) {
    ring(world, call, { ...far, will: { does: 'fail', after: 200, how: BUSY }, rest: () => {} });
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
  const answers: Will = { does: 'answer', after: random.between(4, 15) * SECOND };
  const how = chance < 0.1 ? BUSY : chance < 0.22 ? NO_ANSWER : NO_NUMBER;
  const will: Will =
    chance > 0.27 ? answers : { does: 'fail', after: how === NO_ANSWER ? RING_SECONDS * SECOND : 2 * SECOND, how };
  ring(world, call, { endpoint: cast.trunk, number: to, name: '', will, rest: () => {} });
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

function ring(
  world: World,
  call: LiveCall,
  far: { endpoint: string; number: string; name: string; will: Will; rest: () => void },
): void {
  const { agenda, pbx, random } = world;
  const device = pbx.ring(call.caller, far.endpoint, far.number, far.name);
  pbx.hook(device, 'ring', { endpoint: far.endpoint });
  call.state = 'ringing';
  const endDevice = (cause: number, tech: string) => {
    for (const off of offs) off();
    const by = tech === RINGING ? '' : device.name;
    pbx.hook(device, 'end', { side: 'callee', endpoint: far.endpoint, cause, tech, by });
    far.rest();
  };
  const cancel = () => {
    endDevice(127, RINGING);
    endCaller(world, call, { cause: 127, by: call.caller.name, dialstatus: 'CANCEL' });
  };
  const outcome = () => {
    if (far.will.does === 'answer') {
      for (const off of offs) off();
      return talk(world, call, device, far.rest);
    }
    endDevice(far.will.how.cause, far.will.how.tech);
    fail(world, call, far.will.how);
  };
  const offs = [agenda.after(far.will.after, outcome), agenda.after(random.between(8, 45) * SECOND, cancel)];
  call.stop = cancel;
}

function talk(world: World, call: LiveCall, device: LiveCall['caller'], rest: () => void): void {
  world.pbx.hook(device, 'answer', { endpoint: device.endpoint });
  bridged(device);
  call.state = 'talking';
  const over = (by: LiveCall['caller']) => {
    off();
    hangUp(world, call, device, by, { dialstatus: 'ANSWER' });
    rest();
  };
  const off = world.agenda.after(talkTime(world.random), () => over(world.random.chance(0.5) ? call.caller : device));
  call.stop = () => over(call.caller);
}

/** The dialplan hangs up a caller from outside; an operator's own phone hears congestion and ends the call itself. */
function fail(world: World, call: LiveCall, { status, cause, end }: Failure): void {
  world.pbx.hook(call.caller, 'dialed', { status, cause });
  const by = call.caller.endpoint === world.cast.trunk ? DIALPLAN : call.caller.name;
  endCaller(world, call, { cause: end, by, dialstatus: status });
}

// Pure. An operator hands the caller on to a colleague or another queue: at once (REFER), or after asking first.
import { secondLine } from './calls.js';
import type { SimQueue } from './cast.js';
import { dialOperator } from './direct.js';
import { atOnce, bridged, endCaller, endDevice, hangUp } from './ends.js';
import type { SimChannel } from './pbx.js';
import { enterQueue } from './queue.js';
import { goOn, operatorLeft, type Talk } from './talk.js';
import { type Agent, type LiveCall, release, SECOND, type World } from './world.js';

/** A blind transfer to a colleague; who does not answer sends the call back to the one who transferred. */
export function transferTo(world: World, talk: Talk, colleague: Agent): void {
  const to = colleague.who.endpoint;
  leaveBehind(world, talk, to);
  talk.call.back = { agent: talk.agent, by: talk.device.name };
  dialOperator(world, talk.call, colleague, to);
}

/** A blind transfer to the number of another queue. */
export function transferToQueue(world: World, talk: Talk, queue: SimQueue, number: string): void {
  leaveBehind(world, talk, number);
  enterQueue(world, talk.call, queue, false);
}

function leaveBehind(world: World, talk: Talk, to: string): void {
  const { call, device } = talk;
  const told = { kind: 'blind', result: 'ok', by: device.name, to };
  atOnce(
    world,
    () => world.pbx.hook(call.caller, 'transfer', told),
    () => endDevice(world, device, null, { blind: call.caller.name }),
  );
  call.queue = '';
  call.back = null;
  call.transferred = true;
  operatorLeft(world, talk);
}

/**
 * The operator asks a colleague on a second line while the caller waits. If the colleague takes the caller, both lines of the
 * operator end and two are left, whose calls are one from then on; if not, the operator takes the caller back.
 */
export function consult(world: World, talk: Talk, colleague: Agent): void {
  const { agenda, random } = world;
  const { call, agent } = talk;
  let lines = 2;
  let handedOver = false;
  let callerLeft = false;
  const lineEnded = () => {
    lines -= 1;
    if (lines === 0) operatorLeft(world, talk);
    else if (!handedOver && !callerLeft) {
      lines = 0;
      goOn(world, talk, 0.8, random.between(5, 20) * SECOND);
    }
  };
  const to = colleague.who.endpoint;
  const second = secondLine(world, agent, to, 'internal', lineEnded);
  call.stop = () => {
    callerLeft = true;
    hangUp(world, call, talk.device, call.caller, talk.end);
    lineEnded();
  };
  dialOperator(world, second, colleague, to, (device) => {
    colleague.talking = true;
    bridged(device);
    second.state = 'talking';
    const off = agenda.after(random.between(4, 15) * SECOND, () => {
      handedOver = true;
      join(world, talk, second, device);
      afterwards(world, call, device, talk.device.name, colleague);
      lineEnded();
    });
    second.stop = () => {
      off();
      hangUp(world, second, device, second.caller, {});
      release(world, colleague, 0);
    };
  });
}

/** Both lines of the operator end; the colleague's channel counts to the caller's from now on. */
function join(world: World, { call, device: own }: Talk, second: LiveCall, device: SimChannel): void {
  device.linkedid = call.caller.linkedid;
  atOnce(
    world,
    () => endCaller(world, second, { cause: 16, by: '' }),
    () => endDevice(world, own, null, { attended: call.caller.name }),
  );
}

/** The caller and the colleague talk. */
function afterwards(world: World, call: LiveCall, device: SimChannel, by: string, agent: Agent): void {
  call.transferred = true;
  // No queue brought the two together.
  call.queue = '';
  const end = { attended: by };
  goOn(world, { call, device, agent, queue: null, end }, 0.6);
}

// What a truth is: what a real Asterisk with the sample PBX sends for one call, and how the simulator is brought to the same.
// The unit test holds the simulator against it, the PBX test holds Asterisk against it.
import type { Phone, PhoneCall } from '../../../scripts/lab/phone.js';
import type { SamplePbx } from '../../../scripts/lab/sample-pbx.js';
import { until } from '../../../scripts/lab/wait.js';
import { inbound } from '../../../src/simulator/calls.js';
import { dialOperator } from '../../../src/simulator/direct.js';
import { enterQueue } from '../../../src/simulator/queue.js';
import type { LiveCall } from '../../../src/simulator/world.js';
import { type Stage, stage } from '../stage.js';

/**
 * Phones that are registered, 101 and 102 logged in to sales (one rings) and support (all ring), 105 to billing, and the outside
 * world.
 */
export interface Real {
  pbx: SamplePbx;
  one: Phone;
  two: Phone;
  five: Phone;
  trunk: Phone;
  sleep(ms: number): Promise<void>;
  /** Every line that was told so far, in the order of their coming. */
  told(): string[];
}

export interface Truth {
  name: string;
  says: string;
  simulated(): Stage;
  real(real: Real): Promise<void>;
}

const CALLER = { number: '+998001234567', name: '', company: '', vip: false };

/** A call from outside, simulated and real. */
export const call = (world: Stage, to: string): LiveCall => inbound(world, CALLER, to);
export const calling = ({ trunk }: Real, to: string): PhoneCall => trunk.call(to, { from: { number: CALLER.number } });

/** … into the stage's first queue, or straight to a phone. */
export function queued(world: Stage, to: string): LiveCall {
  const made = call(world, to);
  const [queue] = world.cast.queues;
  if (queue !== undefined) enterQueue(world, made, queue, false);
  return made;
}

export function direct(world: Stage): LiveCall {
  const made = call(world, '5551101');
  dialOperator(world, made, world.agent('101'), '5551101');
  return made;
}

/** 105 in billing, and 101 who works in no queue. */
export const billing = (
  chance: number,
  colleague: { endpoint: string; miss?: number; reject?: number } = { endpoint: '101' },
): Stage =>
  stage({ chance, queues: [{ name: 'billing' }], operators: [{ endpoint: '105' }, { ...colleague, queues: [] }] });

/** What the phone sent has come to the PBX, and what it does for it is done: a moment more than a busy machine takes for either. */
const MOMENT_MS = 300;

/** Each of the phones rings, and the PBX has heard so. @throws Error when one does not in time. */
export async function ringing({ sleep }: Real, ...phones: Phone[]): Promise<void> {
  const rings = (phone: Phone) => phone.calls().some((one) => one.state === 'ringing');
  await until(() => phones.every(rings), { what: () => `${phones.map(({ user }) => user).join(', ')} ring` });
  await sleep(MOMENT_MS);
}

/** A command of the console shows it. @throws Error when it does not in time. */
export const shows = ({ pbx }: Real, command: string, what: RegExp): Promise<unknown> =>
  until(async () => what.test(await pbx.cli(command)), { what: `${command}: ${what}` });

/** The call that the phone talks in; waits for it. @throws Error when there is none in time. */
export async function talkOf({ sleep, pbx }: Real, phone: Phone): Promise<PhoneCall> {
  // In a bridge, not only up: what a phone does between its answer and the PBX's part of it comes in before the answer's hook.
  const bridged = new RegExp(`^PJSIP/${phone.user}-(?:[^!]*!){12}[^!]+!`, 'm');
  for (let i = 0; i < 400; i++, await sleep(50)) {
    const up = phone.calls().find((one) => one.state === 'up');
    if (up && bridged.test(await pbx.cli('core show channels concise'))) return up;
  }
  throw new Error(`${phone.user} talks with nobody`);
}

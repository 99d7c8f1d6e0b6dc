// How the operators of the demo with real phones end a talk: most hang up, some hand the caller on, park or ask a colleague first.
import type { Phone, PhoneCall } from '../lab/phone.js';
import { idle, pick, type World } from './chance.js';

/** Where a call is parked, and the slots that Asterisk gives, one after the other (res_parking.conf). */
const PARK = '700';
const FIRST_SLOT = 701;
const SLOTS = 20;
let parked = 0;

/** The operator has talked enough. */
export async function endTalk(world: World, call: PhoneCall): Promise<void> {
  if (call.state !== 'up') return;
  const own = world.operators.find((one) => one.calls().includes(call));
  const colleague = pick(world, idle(world));
  const chance = world.random();
  if (own === undefined || colleague === undefined || chance > 0.35) return call.hangup();
  if (chance < 0.1) return call.transfer(colleague.user);
  if (chance < 0.2) return consult(world, own, call, colleague);
  if (chance < 0.27) return park(world, call);
  await call.hold();
  world.after(world.between(4, 12), async () => {
    await call.resume();
    world.after(world.between(4, 12), () => call.hangup());
  });
}

/** Asks a colleague while the caller waits, then puts the two together; takes the caller back when nobody answers. */
async function consult(world: World, own: Phone, call: PhoneCall, colleague: Phone): Promise<void> {
  await call.hold();
  const second = own.call(colleague.user);
  try {
    await second.answered(10_000);
  } catch {
    await second.hangup();
    await call.resume();
    world.after(world.between(4, 12), () => call.hangup());
    return;
  }
  world.after(world.between(4, 10), () => call.transferTo(second));
}

/** Parks the caller; a colleague who is free takes the call a while later, or Asterisk brings it back. */
async function park(world: World, call: PhoneCall): Promise<void> {
  const slot = String(FIRST_SLOT + (parked++ % SLOTS));
  await call.transfer(PARK);
  world.after(world.between(6, 30), () => {
    const taken = pick(world, idle(world))?.call(slot);
    if (taken) world.after(world.between(10, 40), () => taken.hangup());
  });
}

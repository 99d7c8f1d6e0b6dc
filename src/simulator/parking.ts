// Pure. An operator parks the caller by a transfer to the car park; a colleague takes the call from its slot, or it comes back.
import { fromOperator } from './calls.js';
import { dialOperator } from './direct.js';
import { atOnce, endCaller, endDevice } from './ends.js';
import { talkTime } from './people.js';
import { operatorLeft, type Talk } from './talk.js';
import { isReady, type LiveCall, SECOND, type World } from './world.js';

/** DH_PARK_TIME of the dialplan, seconds, and the slots of res_parking.conf. */
const PARKED_FOR = 45;
const FIRST_SLOT = 701;
const SLOTS = 20;
/** Who is free is looked for again after this, ms. */
const LOOKS_AGAIN = 3 * SECOND;

/** The operator's leg ends, the caller waits in a slot. False when all are taken. */
export function park(world: World, talk: Talk): boolean {
  const slot = nextSlot(world);
  if (slot === null) return false;
  const { agenda, pbx, random } = world;
  const { call, device } = talk;
  atOnce(
    world,
    () => endDevice(world, device, null, { blind: call.caller.name }),
    () => pbx.hook(call.caller, 'park', { by: device.name, timeout: PARKED_FOR }),
  );
  call.state = 'parked';
  call.queue = '';
  call.transferred = true;
  operatorLeft(world, talk);
  const leaves = (then: () => void) => () => {
    for (const off of offs) off();
    world.slots.taken.delete(slot);
    then();
  };
  const gone = leaves(() => endCaller(world, call, { cause: 16, by: call.caller.name }));
  const offs = [
    agenda.after(
      PARKED_FOR * SECOND,
      leaves(() => comeBack(world, talk, slot)),
    ),
  ];
  const chance = random.next();
  if (chance < 0.15) offs.push(agenda.after(random.between(5, 40) * SECOND, gone));
  else if (chance < 0.85) {
    const take = () => {
      if (call.state === 'parked' && !retrieve(world, call, slot, leaves)) offs.push(agenda.after(LOOKS_AGAIN, take));
    };
    offs.push(agenda.after(random.between(6, 35) * SECOND, take));
  }
  call.stop = gone;
  return true;
}

/** findslot = next: the one after the last that was given. */
function nextSlot({ slots }: World): number | null {
  for (let i = 0; i < SLOTS; i++) {
    slots.last = (slots.last + 1) % SLOTS;
    const slot = FIRST_SLOT + slots.last;
    if (slots.taken.has(slot)) continue;
    slots.taken.add(slot);
    return slot;
  }
  return null;
}

/** A colleague who is free dials the slot; false without one: the call stays where it is. */
function retrieve(world: World, call: LiveCall, slot: number, leaves: (then: () => void) => () => void): boolean {
  const free = world.agents.filter(isReady);
  const taker = free[Math.floor(world.random.next() * free.length)];
  if (!taker) return false;
  leaves(() => {
    const own = fromOperator(world, taker, String(slot), 'internal');
    world.pbx.hook(own.caller, 'retrieve', { slot });
    own.caller.linkedid = call.caller.linkedid;
    own.state = 'talking';
    call.state = 'talking';
    const over = (by: LiveCall) => {
      off();
      const end = { cause: 16, by: by.caller.name };
      atOnce(
        world,
        () => endCaller(world, own, end),
        () => endCaller(world, call, end),
      );
    };
    const off = world.agenda.after(talkTime(world.random), () => over(world.random.chance(0.6) ? call : own));
    call.stop = () => over(call);
    own.stop = () => over(own);
  })();
  return true;
}

/** Nobody took it in time: it rings at the phone of the one who parked it. */
function comeBack(world: World, { call, agent }: Talk, slot: number): void {
  const to = agent.who.endpoint;
  world.pbx.hook(call.caller, 'comeback', { lot: 'default', slot, to });
  dialOperator(world, call, agent, to);
}

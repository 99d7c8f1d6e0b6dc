// The people of the demo with real phones: operators who log in, answer, pause and call each other, and an outside world
// that calls the queues in waves. Everything happens by chance and goes on for ever.
import type { SimClient } from '../../src/simulator/cast.js';
import type { CallOptions, Phone, PhoneCall, Plan } from '../lab/phone.js';
import { answerAfter, rejectWith, ringOnly } from '../lab/phone.js';
import { idle, pick, type World } from './chance.js';
import { endTalk } from './talks.js';

export interface CrowdOptions {
  operators: Phone[];
  trunk: Phone;
  clients: SimClient[];
  /** Numbers that lead to queues, to the menu, and straight to a phone. */
  queueNumbers: string[];
  menuNumber: string;
  directNumbers: string[];
  /** Calls of all kinds a minute, on average over a wave. */
  callsAMinute: number;
  /** 0 to 1; Math.random unless a test says. */
  random?: () => number;
}

export interface Crowd {
  /** Everybody hangs up and logs out. */
  stop(): Promise<void>;
}

/** Minutes from one rush to the next: a day's shape in a time one can watch. */
const WAVE_MS = 8 * 60_000;
const SECOND = 1000;
/** Sales and support, and a key that the menu does not know. */
const MENU_KEYS = ['1', '2', '2', '7'];

/** Logs everybody in and lets the calls begin. */
export async function startCrowd(options: CrowdOptions): Promise<Crowd> {
  const { operators, trunk, random = Math.random } = options;
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  const after = (ms: number, act: () => unknown) => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      // A call that ended in the meantime is no trouble in a crowd.
      Promise.resolve(act()).catch(() => {});
    }, ms);
    timers.add(timer);
  };
  const world: World = { ...options, random, after, between: (low, high) => (low + random() * (high - low)) * SECOND };
  for (const phone of operators) phone.plan = (call) => operatorPlan(world, call);
  trunk.plan = (call) => outsidePlan(world, call);
  await Promise.all(operators.map((phone) => dialCode(phone, '*45')));
  for (const phone of operators) planPause(world, phone);
  // A screen shall be alive at once.
  for (const number of new Set(options.queueNumbers)) after(world.between(0.5, 3), () => callIn(world, number));
  nextCall(world);
  return {
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.allSettled([...operators, trunk].flatMap((phone) => phone.calls().map((call) => call.hangup())));
      await Promise.allSettled(operators.map((phone) => dialCode(phone, '*46')));
    },
  };
}

function operatorPlan(world: World, call: PhoneCall): Plan {
  const chance = world.random();
  if (chance < 0.07) return letRing(world, call);
  if (chance < 0.1) return rejectWith(486, world.between(1, 3));
  const pickup = world.between(1, 6);
  world.after(pickup + world.between(12, 60), () => endTalk(world, call));
  return answerAfter(pickup);
}

/** A queue may pause whoever lets it ring; a while later the operator is back. */
function letRing(world: World, call: PhoneCall): Plan {
  const phone = world.operators.find((one) => one.calls().includes(call));
  if (phone !== undefined) world.after(world.between(30, 60), () => dialCode(phone, '*48'));
  return ringOnly;
}

function outsidePlan(world: World, call: PhoneCall): Plan {
  const chance = world.random();
  if (chance < 0.15) return ringOnly;
  if (chance < 0.25) return rejectWith(486, world.between(1, 4));
  const pickup = world.between(2, 7);
  world.after(pickup + world.between(10, 50), () => call.hangup());
  return answerAfter(pickup);
}

function nextCall(world: World): void {
  const wave = 1 + 0.7 * Math.sin((Date.now() / WAVE_MS) * 2 * Math.PI);
  const mean = (60 * SECOND) / (world.callsAMinute * wave);
  world.after(-Math.log(1 - world.random()) * mean, () => {
    anyCall(world);
    nextCall(world);
  });
}

function anyCall(world: World): void {
  const chance = world.random();
  if (chance < 0.62) callIn(world, pick(world, world.queueNumbers));
  else if (chance < 0.72) callIn(world, world.menuNumber);
  else if (chance < 0.8) callIn(world, pick(world, world.directNumbers));
  else if (chance < 0.9) callInside(world);
  else callOut(world);
}

function callIn(world: World, number: string | undefined): void {
  const client = pick(world, world.clients);
  if (number === undefined || client === undefined) return;
  const from: CallOptions['from'] = { number: client.number, name: world.random() < 0.5 ? client.name : '' };
  const call = world.trunk.call(number, { from });
  if (number === world.menuNumber) world.after(world.between(2, 6), () => call.press(pick(world, MENU_KEYS) ?? ''));
  leaveInTime(world, call, world.random() < 0.15 ? world.between(3, 10) : world.between(30, 70));
}

function callInside(world: World): void {
  const [from, to] = [pick(world, idle(world)), pick(world, world.operators)];
  if (from === undefined || to === undefined || from === to) return;
  leaveInTime(world, from.call(world.random() < 0.2 ? '600' : to.user), world.between(20, 40));
}

function callOut(world: World): void {
  const from = pick(world, idle(world));
  const client = pick(
    world,
    world.clients.filter(({ number }) => number.startsWith('+998')),
  );
  if (from !== undefined && client !== undefined) leaveInTime(world, from.call(client.number), world.between(20, 50));
}

/** A caller who was not answered gives up after `patience` ms; one who was talks on. */
function leaveInTime(world: World, call: PhoneCall, patience: number): void {
  world.after(patience, () => (call.state === 'calling' || call.direction === 'out' ? giveUp(world, call) : undefined));
}

async function giveUp(world: World, call: PhoneCall): Promise<void> {
  // A queue answers before it plays its music, so "up" says nothing: most stay while they talk, some have waited enough.
  if (call.state === 'up' && world.random() < 0.5) leaveInTime(world, call, world.between(10, 30));
  else await call.hangup();
}

function planPause(world: World, phone: Phone): void {
  world.after(world.between(60, 400), async () => {
    if (phone.calls().length === 0) {
      await dialCode(phone, `*47${1 + Math.floor(world.random() * 3)}`);
      world.after(world.between(20, 90), () => dialCode(phone, '*48'));
    }
    planPause(world, phone);
  });
}

/** Dials a feature code and waits until the PBX has hung up. */
async function dialCode(phone: Phone, code: string): Promise<void> {
  await phone.call(code).ended(10_000);
}

// Pure. A caller in a queue, as app_queue does it with direct members: entry, rounds of rings, answer, leave.
// Order of hooks: enter, offers (b()), end of each ring that did not lead to an answer, answer (membergosub), ends.
import type { SimQueue } from './cast.js';
import { DIALPLAN, endCaller, endDevice, endRing } from './ends.js';
import { patience, reaction } from './people.js';
import { beginTalk } from './talk.js';
import { type Agent, deviceOf, isReady, type LiveCall, type Ring, SECOND, type Visit, type World } from './world.js';

const RINGING = 'SIP 180 Ringing';
const VIP_PRIORITY = 10;

/** The caller enters the queue, unless nobody works there. */
export function enterQueue(world: World, call: LiveCall, queue: SimQueue, vip: boolean): void {
  call.queue = queue.name;
  world.pbx.hook(call.caller, 'enter', { queue: queue.name, priority: vip ? VIP_PRIORITY : 0 });
  if ((world.crews.get(queue.name) ?? []).some((agent) => agent.online)) wait(world, call, queue, vip);
  else leaveWith(world, call, queue, { status: 'JOINEMPTY' });
}

function wait(world: World, call: LiveCall, queue: SimQueue, vip: boolean): void {
  const { agenda, random } = world;
  const visit: Visit = {
    call,
    queue,
    enteredAt: agenda.now(),
    priority: vip ? VIP_PRIORITY : 0,
    rings: [],
    tried: new Set(),
    sleeping: false,
    off: () => {},
  };
  const timers = [
    agenda.after(patience(random), () => abandon(world, visit)),
    agenda.after(queue.timeout * SECOND, () => leave(world, visit, { status: 'TIMEOUT' })),
  ];
  if (random.chance(0.03))
    timers.push(agenda.after(random.between(8, 40) * SECOND, () => leave(world, visit, { key: '0' })));
  visit.off = () => {
    for (const off of timers) off();
  };
  call.state = 'waiting';
  call.stop = () => abandon(world, visit);
  world.waiting.push(visit);
  tellPlace(world, visit);
  world.dispatch();
}

/** Who has a priority stands before the others. */
const inOrder = (visits: readonly Visit[]) =>
  [...visits].sort((a, b) => b.priority - a.priority || a.enteredAt - b.enteredAt);

/** B() of Queue(): the place of the caller who has just joined. */
function tellPlace({ pbx, waiting }: World, visit: Visit): void {
  const { name } = visit.queue;
  const here = inOrder(waiting.filter((one) => one.queue === visit.queue));
  const place = { queue: name, position: here.indexOf(visit) + 1, waiting: here.length };
  pbx.hook(visit.call.caller, 'position', place);
}

/** Rings whom it can for everybody who waits: by priority, then by entry. */
export function dispatch(world: World): void {
  for (const visit of inOrder(world.waiting)) if (visit.rings.length === 0 && !visit.sleeping) nextRound(world, visit);
}

function nextRound(world: World, visit: Visit): void {
  const now = world.agenda.now();
  const free = (world.crews.get(visit.queue.name) ?? [])
    .filter((agent) => isReady(agent) && agent.restUntil <= now && !visit.tried.has(agent.who.endpoint))
    .sort((a, b) => a.lastCall - b.lastCall);
  const rung = visit.queue.strategy === 'ringall' ? free : free.slice(0, 1);
  if (rung.length > 0) ringAll(world, visit, rung);
  else if (visit.tried.size > 0) sleep(world, visit);
}

function ringAll(world: World, visit: Visit, agents: readonly Agent[]): void {
  const { agenda, pbx, random } = world;
  visit.call.state = 'ringing';
  for (const agent of agents) {
    const { endpoint, name } = agent.who;
    const { caller } = visit.call;
    const channel = pbx.ring(caller, endpoint, endpoint, name);
    const offer = { queue: visit.queue.name, endpoint, dialler: caller.uniqueid, device: deviceOf(agent) };
    pbx.hook(channel, 'offer', offer);
    agent.busy = true;
    const ring: Ring = { agent, channel, off: () => {} };
    visit.rings.push(ring);
    const will = reaction(random, agent.who);
    if (will.does === 'answer') ring.off = agenda.after(will.after, () => connect(world, visit, ring));
    if (will.does === 'reject') ring.off = agenda.after(will.after, () => reject(world, visit, ring));
  }
  const round = visit.rings;
  agenda.after(visit.queue.ring * SECOND, () => {
    if (visit.rings === round && round.length > 0) rangOut(world, visit);
  });
}

function reject(world: World, visit: Visit, ring: Ring): void {
  visit.rings = visit.rings.filter((other) => other !== ring);
  visit.tried.add(ring.agent.who.endpoint);
  endRing(world, ring, 17, 'SIP 486 Busy Here', ring.channel.name);
  if (visit.rings.length === 0) nextRound(world, visit);
}

function rangOut(world: World, visit: Visit): void {
  endRings(world, visit, 0);
  sleep(world, visit);
}

function sleep(world: World, visit: Visit): void {
  visit.call.state = 'waiting';
  visit.sleeping = true;
  world.agenda.after(visit.queue.retry * SECOND, () => {
    visit.sleeping = false;
    visit.tried.clear();
    world.dispatch();
  });
}

/** An operator picked up: first the losers of a ring-all are told "answered elsewhere", then the answer. */
function connect(world: World, visit: Visit, winner: Ring): void {
  const { call, queue } = visit;
  const { agent, channel } = winner;
  visit.rings = visit.rings.filter((ring) => ring !== winner);
  endRings(world, visit, 26);
  close(world, visit);
  const { endpoint } = channel;
  world.pbx.hook(channel, 'answer', { endpoint, queue: queue.name, dialler: call.caller.uniqueid });
  const talk = { call, device: channel, agent, queue, end: {} };
  beginTalk(world, queue.goesOn ? { ...talk, goesOn: () => goOn(world, call, queue, winner) } : talk);
}

/** Option c of Queue(): the operator hung up first, the caller is asked how it was. */
function goOn(world: World, call: LiveCall, queue: SimQueue, { channel }: Ring): void {
  endDevice(world, channel, channel);
  leaveWith(world, call, queue, { status: 'CONTINUE' });
}

function abandon(world: World, visit: Visit): void {
  const { call } = visit;
  endRings(world, visit, 0);
  close(world, visit);
  endCaller(world, call, { cause: 0, by: call.caller.name, abandoned: 'TRUE' });
}

function leave(world: World, visit: Visit, why: { status?: string; key?: string }): void {
  endRings(world, visit, 0);
  close(world, visit);
  leaveWith(world, visit.call, visit.queue, why);
}

/** Queue() returned: the caller hears an announcement and is hung up, or hangs up. */
function leaveWith(world: World, call: LiveCall, queue: SimQueue, why: { status?: string; key?: string }): void {
  const { agenda, pbx, random } = world;
  pbx.hook(call.caller, 'leave', { queue: queue.name, ...why });
  call.state = 'dialling';
  const over = (by: string) => {
    off();
    endCaller(world, call, { cause: 16, by, queuestatus: why.status ?? '' });
  };
  const off = agenda.after(random.between(1.5, 6) * SECOND, () =>
    over(random.chance(0.6) ? DIALPLAN : call.caller.name),
  );
  call.stop = () => over(call.caller.name);
}

function endRings(world: World, visit: Visit, cause: number): void {
  const { rings } = visit;
  visit.rings = [];
  for (const ring of rings) endRing(world, ring, cause, RINGING);
}

function close(world: World, visit: Visit): void {
  visit.off();
  world.waiting = world.waiting.filter((other) => other !== visit);
}

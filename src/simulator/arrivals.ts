// Pure. Which calls come, and how often.
import { fromOperator, inbound } from './calls.js';
import { MENU_NUMBER, type SimClient, type SimQueue, UNKNOWN_NUMBERS } from './cast.js';
import { dialOperator, dialOut, unrouted } from './direct.js';
import { endCaller } from './ends.js';
import { askMenu } from './menu.js';
import { enterQueue } from './queue.js';
import { type Agent, SECOND, type World } from './world.js';

/** The kinds of calls and their shares. What becomes of a call on its way is told in files of its own (hands.ts, menu.ts). */
const KINDS: readonly (readonly [share: number, start: (world: World) => void])[] = [
  [0.72, toQueue],
  [0.08, toDirectNumber],
  [0.06, inside],
  [0.11, outside],
  [0.03, toNowhere],
];

/** Calls come by chance, with waves of some minutes; the first ones within seconds, so that a screen is alive at once. */
export function beginArrivals(world: World, callsPerMinute: number): void {
  const { agenda, cast, random } = world;
  for (const queue of cast.queues) agenda.after(random.between(1, 4) * SECOND, () => straightTo(world, queue));
  const next = () => {
    const wave = 1 + 0.35 * Math.sin((agenda.now() / (400 * SECOND)) * 2 * Math.PI);
    agenda.after(random.waiting((60 * SECOND) / (callsPerMinute * wave)), () => {
      anyCall(world);
      next();
    });
  };
  if (callsPerMinute > 0) next();
}

function anyCall(world: World): void {
  let left = world.random.next();
  for (const [share, start] of KINDS) {
    left -= share;
    if (left < 0) {
      start(world);
      return;
    }
  }
}

function toQueue(world: World): void {
  const queue = anyQueue(world);
  if (queue === undefined) return;
  if (world.random.chance(world.extras)) toMenu(world);
  else straightTo(world, queue);
}

function straightTo(world: World, queue: SimQueue): void {
  const { agenda, pbx, random } = world;
  const from = anyCaller(world);
  const call = inbound(world, from, queue.did);
  pbx.lookup(call.caller);
  const off = agenda.after(random.between(0.3, 2) * SECOND, () => enterQueue(world, call, queue, from.vip));
  call.stop = () => {
    off();
    endCaller(world, call, { cause: 16, by: call.caller.name });
  };
}

function toMenu(world: World): void {
  const from = anyCaller(world);
  const call = inbound(world, from, MENU_NUMBER);
  world.pbx.lookup(call.caller);
  askMenu(world, call, (queue) => enterQueue(world, call, queue, from.vip));
}

function toDirectNumber(world: World): void {
  const agent = calledAgent(world, ({ who }) => who.did !== '');
  if (agent === undefined) return;
  const call = inbound(world, anyCaller(world), agent.who.did);
  world.pbx.lookup(call.caller);
  dialOperator(world, call, agent, agent.who.endpoint);
}

function toNowhere(world: World): void {
  const number = world.random.pick(UNKNOWN_NUMBERS);
  unrouted(world, inbound(world, anyCaller(world), number), number);
}

function inside(world: World): void {
  const from = anyAgent(world, isIdle);
  const to = calledAgent(world, (agent) => agent !== from);
  if (from === undefined || to === undefined) return;
  dialOperator(world, fromOperator(world, from, to.who.endpoint, 'internal'), to, to.who.endpoint);
}

function outside(world: World): void {
  const from = anyAgent(world, isIdle);
  if (from === undefined) return;
  const to = anyCaller(world).number || '+998002000000';
  dialOut(world, fromOperator(world, from, to, 'out'), to);
}

const isIdle = (agent: Agent) => agent.online && !agent.busy && !agent.paused;

function anyAgent(world: World, fits: (agent: Agent) => boolean): Agent | undefined {
  const fitting = world.agents.filter(fits);
  return fitting[world.random.whole(0, Math.max(0, fitting.length - 1))];
}

/** Who is called by name is often free, but not always. */
const calledAgent = (world: World, fits: (agent: Agent) => boolean) =>
  (world.random.chance(0.75) ? anyAgent(world, (agent) => fits(agent) && isIdle(agent)) : undefined) ??
  anyAgent(world, fits);

function anyQueue({ cast, random }: World): SimQueue | undefined {
  let left = random.next() * cast.queues.reduce((sum, queue) => sum + queue.weight, 0);
  for (const queue of cast.queues) {
    left -= queue.weight;
    if (left < 0) return queue;
  }
  return cast.queues[0];
}

/** A known client more often than not; else a stranger, now and then without a number. Trunks seldom bring a name. */
function anyCaller({ cast, random }: World): SimClient {
  const client = cast.clients[random.whole(0, cast.clients.length - 1)];
  if (client !== undefined && random.chance(0.6)) return random.chance(0.3) ? client : { ...client, name: '' };
  if (random.chance(0.08)) return { number: '', name: '', company: '', vip: false };
  return { number: `+99800${random.whole(1_000_000, 1_999_999)}`, name: '', company: '', vip: false };
}

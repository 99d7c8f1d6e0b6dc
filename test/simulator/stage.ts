// For tests: a small world in which chance is nailed down, so that one call can be told by itself.
import { createAgenda } from '../../src/simulator/agenda.js';
import type { SimOperator, SimQueue } from '../../src/simulator/cast.js';
import { createPbx, lineOf } from '../../src/simulator/pbx.js';
import { dispatch } from '../../src/simulator/queue.js';
import type { Random } from '../../src/simulator/random.js';
import { type Agent, emptyWorld, newAgent, type World } from '../../src/simulator/world.js';

export const START = 1763676543000;

/** A chance that always falls the same way: `value` of 0 to below 1. */
export const nailed = (value: number): Random => ({
  next: () => value,
  between: (min, max) => min + (max - min) * value,
  whole: (min, max) => min + Math.floor((max - min + 1) * value),
  chance: (probability) => value < probability,
  pick: (list) => list[Math.floor(value * list.length)] ?? list[0],
  waiting: (mean) => mean,
});

export const QUEUE: SimQueue = {
  name: 'sales',
  title: 'Sales',
  strategy: 'leastrecent',
  did: '5551000',
  ring: 5,
  retry: 1,
  timeout: 60,
  wrapup: 0,
  rest: 8,
  weight: 1,
  goesOn: false,
};

const OPERATOR = { did: '', pickup: 1, miss: 0, reject: 0, mailbox: false };

export interface Stage extends World {
  agent(endpoint: string): Agent;
  /** Goes on for so many seconds. */
  go(seconds: number): void;
  /** All event lines so far. */
  lines(): string[];
}

type Actor = Partial<SimOperator> & { endpoint: string; online?: boolean };

/** Operators pick up after about a second unless told otherwise. */
export function stage(options: { chance?: number; queues?: Partial<SimQueue>[]; operators?: Actor[] } = {}): Stage {
  const agenda = createAgenda();
  const clock = () => START + agenda.now();
  const pbx = createPbx('pbx1', clock);
  const queues = (options.queues ?? [{}]).map((queue) => ({ ...QUEUE, ...queue }));
  const names = queues.map((queue) => queue.name);
  const agents = (options.operators ?? [{ endpoint: '101' }, { endpoint: '102' }]).map(({ online = true, ...who }) => ({
    ...newAgent({ ...OPERATOR, name: `Operator ${who.endpoint}`, queues: names, ...who }),
    online,
  }));
  const told: string[] = [];
  const world = emptyWorld({
    random: nailed(options.chance ?? 0.5),
    agenda,
    pbx,
    clock,
    cast: { trunk: 'trunk', queues, operators: agents.map((agent) => agent.who), clients: [] },
    agents,
  });
  world.dispatch = () => dispatch(world);
  return Object.assign(world, {
    agent: (endpoint: string) => agents.find((agent) => agent.who.endpoint === endpoint) ?? fail(endpoint),
    go: (seconds: number) => agenda.run(agenda.now() + seconds * 1000),
    lines: () => {
      told.push(
        ...pbx
          .take()
          .filter((one) => one.kind !== 'lookup')
          .map((one) => lineOf(one)),
      );
      return told;
    },
  });
}

const fail = (endpoint: string): never => {
  throw new Error(`no operator ${endpoint} on the stage`);
};

/** What differs from day to day; the slot of a parked call, which is Asterisk's to give; and how long it may stay there. */
const LEFT_OUT = new Set(
  'v id at pbx call event channel uniqueid linkedid name priority until slot timeout'.split(' '),
);

/**
 * Event lines without what differs from day to day: ids and times are gone, channels are numbered as they appear. A linkedid is
 * told where it is not the one that the channel began with. What runs side by side in no fixed order is put into one.
 */
export function shape(lines: readonly string[]): string[] {
  const numbers = new Map<string, string>();
  const began = new Map<string, string>();
  const shaped = lines.map((line) => {
    const fields = new URLSearchParams(line);
    const of = (name: string) => fields.get(name) ?? '';
    const number = numbers.get(of('uniqueid')) ?? `ch${began.size + 1}`;
    if (!began.has(number)) began.set(number, of('linkedid'));
    for (const name of ['uniqueid', 'channel']) numbers.set(of(name), number);
    const rest = [...fields]
      .filter(([name, value]) => value !== '' && !LEFT_OUT.has(name))
      .map(([name, value]) => `${name}=${numbers.get(value) ?? value}`);
    if (began.get(number) !== of('linkedid')) rest.push(`linkedid=${numbers.get(of('linkedid')) ?? 'another'}`);
    return [of('event'), number, ...rest].join(' ');
  });
  return inOneOrder(shaped);
}

/**
 * Two channels that part each run a hangup handler in a thread of their own, and so does the caller who goes on in the dialplan
 * after a transfer. Put first: the end (and the wrap-up after it) of the callee; of two callers, the younger one's.
 */
function inOneOrder(lines: string[]): string[] {
  const channelOf = (line: string) => Number(/ ch(\d+)/.exec(line)?.[1]);
  const isEnd = (line: string) => line.startsWith('end ');
  const caller = (line: string) => isEnd(line) && line.includes('side=caller');
  const goesFirst = (line: string, before: string) => {
    if (channelOf(line) === channelOf(before)) return false;
    const goesOn = caller(before) || /^(transfer|park|dial|ring) /.test(before);
    if (caller(line)) return caller(before) && channelOf(line) > channelOf(before);
    return (isEnd(line) || line.startsWith('wrapup ')) && goesOn && channelOf(line) !== channelOf(before);
  };
  for (let i = 1; i < lines.length; i++)
    for (let j = i; j > 0; j--) {
      const [before = '', line = ''] = lines.slice(j - 1, j + 1);
      if (!goesFirst(line, before)) break;
      lines.splice(j - 1, 2, line, before);
    }
  return lines;
}

// For tests: a small world in which chance is nailed down, so that one call can be told by itself.
import { createAgenda } from '../../src/simulator/agenda.js';
import type { SimOperator, SimQueue } from '../../src/simulator/cast.js';
import { createPbx, lineOf } from '../../src/simulator/pbx.js';
import { dispatch } from '../../src/simulator/queue.js';
import type { Random } from '../../src/simulator/random.js';
import type { Agent, World } from '../../src/simulator/world.js';

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
  wrapup: 8,
  weight: 1,
  goesOn: false,
};

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
  const pbx = createPbx('pbx1', () => START + agenda.now());
  const queues = (options.queues ?? [{}]).map((queue) => ({ ...QUEUE, ...queue }));
  const names = queues.map((queue) => queue.name);
  const agents = (options.operators ?? [{ endpoint: '101' }, { endpoint: '102' }]).map(
    ({ online = true, ...who }): Agent => ({
      who: { name: `Operator ${who.endpoint}`, queues: names, did: '', pickup: 1, miss: 0, reject: 0, ...who },
      online,
      paused: false,
      busy: false,
      restUntil: 0,
      lastCall: 0,
      later: null,
    }),
  );
  const told: string[] = [];
  const world: World = {
    random: nailed(options.chance ?? 0.5),
    agenda,
    pbx,
    cast: { trunk: 'trunk', queues, operators: agents.map((agent) => agent.who), clients: [] },
    agents,
    crews: new Map(names.map((name) => [name, agents.filter((agent) => agent.who.queues.includes(name))])),
    calls: new Set(),
    waiting: [],
    dispatch: () => dispatch(world),
  };
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

const LEFT_OUT = new Set([
  'v',
  'id',
  'at',
  'pbx',
  'call',
  'event',
  'channel',
  'uniqueid',
  'linkedid',
  'name',
  'priority',
]);

/**
 * Event lines without what differs from day to day: ids and times are gone, channels are numbered as they appear.
 * The two ends of an answered call run side by side in no fixed order: the callee's is put first.
 */
export function shape(lines: readonly string[]): string[] {
  const channels: string[] = [];
  const numbered = (channel: string) => {
    if (!channels.includes(channel)) channels.push(channel);
    return `ch${channels.indexOf(channel) + 1}`;
  };
  const shaped = lines.map((line) => {
    const fields = new URLSearchParams(line);
    const channel = numbered(fields.get('channel') ?? '');
    const rest = [...fields]
      .filter(([name, value]) => value !== '' && !LEFT_OUT.has(name))
      .map(([name, value]) => `${name}=${channels.includes(value) ? numbered(value) : value}`);
    return [fields.get('event'), channel, ...rest.sort()].join(' ');
  });
  const isEnd = (line: string | undefined, side: string) => line?.startsWith('end ') && line.includes(`side=${side}`);
  for (let i = 1; i < shaped.length; i++) {
    const [first = '', second = ''] = shaped.slice(i - 1, i + 1);
    if (isEnd(first, 'caller') && isEnd(second, 'callee')) shaped.splice(i - 1, 2, second, first);
  }
  return shaped;
}

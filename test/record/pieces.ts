// Stories cut into pieces: for bringing them to the tables in any order, by any number of servers.
import type { Call } from '../../src/call/call.js';
import { type CallEvent, formatLine, parseLine } from '../../src/call/event.js';
import { fold, isOfCall } from '../../src/call/fold.js';
import { intoStories } from '../../src/call/link.js';
import type { Db } from '../../src/store/database.js';
import { readCall } from '../../src/store/read-call.js';
import { allStories, T0 } from '../stories/story.js';

/** The events of the stories whose file begins with one of these numbers, on a PBX of that name, under ids of their own. */
export function eventsOf(numbers: readonly string[], pbx = 'pbx1', suffix = ''): CallEvent[] {
  return allStories()
    .filter((story) => numbers.some((number) => story.file.startsWith(`${number}-`)))
    .flatMap((story) =>
      story.events.map((event) => {
        const call = (id: string) => (id === '' ? '' : `${id.replace(/^pbx1/, pbx)}${suffix}`);
        const fields = {
          ...{
            ...event,
            v: 1,
            pbx,
            call: call(event.call),
            id: `${event.id.replace(/^pbx1/, pbx)}-${event.call}${suffix}`,
          },
          // Two PBXs give out the same linkedids and uniqueids; two calls of one PBX never have one by chance.
          linkedid: `${event.linkedid}-${story.file.slice(0, 2)}${suffix}`,
          ...('other' in event ? { other: call(event.other) } : {}),
        };
        return parsed(formatLine(fields));
      }),
    );
}

export function parsed(line: string): CallEvent {
  const result = parseLine(line);
  if (!result.ok) throw new Error(`${result.refusal.reason} in ${line}`);
  return result.event;
}

/** A chain of three calls that are one only by what comes last: A and B by a linkedid, B and C by a name, C begins first. */
export function chain(pbx = 'pbx1'): CallEvent[] {
  const of = (call: string, at: number, event: string, ch: string, more: Record<string, string>) =>
    parsed(
      formatLine({
        ...{ v: 1, id: `${pbx}-${ch}-${event}-${at}`, at: T0 + at, pbx, call: `${pbx}-${call}`, event },
        ...{ channel: `PJSIP/${ch}`, uniqueid: ch, linkedid: `chain-${call}`, ...more },
      }),
    );
  const internal = (from: string, to: string) => ({ direction: 'internal', from, to, endpoint: from });
  return [
    of('C', 0, 'call', '104-1', internal('104', '105')),
    of('C', 100, 'ring', '105-1', { endpoint: '105' }),
    of('A', 200, 'call', '101-1', internal('101', '102')),
    of('A', 300, 'ring', '102-1', { endpoint: '102' }),
    of('A', 1300, 'answer', '102-1', { endpoint: '102' }),
    of('B', 2000, 'call', '102-2', internal('102', '103')),
    of('B', 2100, 'ring', '103-1', { endpoint: '103' }),
    of('B', 3000, 'answer', '103-1', { endpoint: '103' }),
    of('C', 3500, 'answer', '105-1', { endpoint: '105' }),
    of('B', 4000, 'transfer', '101-1', {
      kind: 'attended',
      result: 'ok',
      by: 'PJSIP/102-1',
      target: '103-1',
      source: 'ami',
    }),
    of('A', 4010, 'end', '102-1', { side: 'callee', endpoint: '102', cause: '16' }),
    of('B', 4020, 'end', '102-2', { side: 'caller', cause: '16' }),
    of('B', 9000, 'end', '103-1', { side: 'callee', endpoint: '103', cause: '16', linkedid: 'chain-A' }),
    of('A', 9010, 'end', '101-1', { side: 'caller', cause: '16' }),
    of('C', 9500, 'end', '105-1', { side: 'callee', endpoint: '105', cause: '16' }),
    of('C', 9600, 'pickup', '104-1', { other: `${pbx}-B`, source: 'ami' }),
    of('C', 9700, 'end', '104-1', { side: 'caller', cause: '16' }),
  ];
}

/** Numbers that look random and are the same each time. */
export function dice(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

export function shuffled<T>(items: readonly T[], roll: (below: number) => number): T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = roll(i + 1);
    const [a, b] = [all[i] as T, all[j] as T];
    all[i] = b;
    all[j] = a;
  }
  return all;
}

/** Finished calls as the pure fold gives them, by id: what the tables must give back. Local channels are not kept of those. */
export function folded(events: readonly CallEvent[]): Call[] {
  return intoStories(events)
    .map((story) => ({ ...fold(story[0]?.call ?? '', story), plumbing: [] }))
    .filter((call) => call.endedAt !== null)
    .sort(byId);
}

/** Ids of the calls that still run. */
export const running = (events: readonly CallEvent[]): string[] =>
  intoStories(events)
    .map((story) => fold(story[0]?.call ?? '', story))
    .flatMap((call) => (call.endedAt === null ? [call.id] : []));

/** Finished calls as the tables give them when asked for each call of these events. */
export async function stored(db: Db, events: readonly CallEvent[]): Promise<Call[]> {
  const ids = [...new Set(events.filter(isOfCall).map((event) => event.call))];
  const calls = await Promise.all(ids.map((id) => readCall(db, id)));
  return [...new Map(calls.flatMap((call) => (call ? [[call.id, call] as const] : []))).values()].sort(byId);
}

const byId = (a: Call, b: Call) => (a.id < b.id ? -1 : 1);

// Pure. How a story names those who are in it, as far as its reader may know them.
import type { Call, Step } from '../../call/call.js';
import { phone } from '../format.js';

export interface People {
  /** An operator as `Alina R. 101`; any other number as this reader may see it. */
  who(endpoint: string): string;
  /** Who called. A number from outside is nobody's name: whoever calls chooses it, also that of an operator of ours. */
  caller: string;
  /** The number that was called: from outside it is our own, and nothing to hide. */
  called: string;
  /** The side that is no operator of ours, inside a sentence: `the caller`, or the number that was called. */
  client: string;
  /** The other side of a talk. */
  party(number: string): string;
  /** Whose channel a step happened to. */
  of(step: Pick<Step, 'operator'>): string;
  /** A queue by its title. */
  queue(name: string): string;
  /** The name of a file, numbers in it as this reader may see them: FreePBX writes the caller's into it. */
  file(path: string): string;
}

export interface Names {
  /** Names of operators by endpoint, titles of queues by name. */
  operators: ReadonlyMap<string, string>;
  queues: ReadonlyMap<string, string>;
  /** Writes a number, masked or not. */
  write(number: string): string;
}

/** Makes the names of one call's people. */
export function peopleOf(call: Call, { operators, queues, write }: Names): People {
  const who = (endpoint: string): string => {
    const name = operators.get(endpoint);
    if (name !== undefined && name !== '' && name !== endpoint) return `${name} ${endpoint}`;
    return write(endpoint) || 'somebody unknown';
  };
  const client = call.direction === 'in' ? 'the caller' : call.direction === 'out' ? who(call.to) : 'the other side';
  return {
    who,
    caller: call.direction === 'in' ? write(call.from) || 'somebody unknown' : who(call.endpoint || call.from),
    called: call.direction === 'in' && !operators.has(call.to) ? phone(call.to) : who(call.to),
    client,
    party: (number) => (call.direction === 'in' && number === call.from ? 'the caller' : who(number)),
    of: ({ operator }) => (operator === '' ? client : who(operator)),
    queue: (name) => queues.get(name) ?? name,
    file: (path) => fileName(path).replace(NUMBERS, write),
  };
}

/** At the beginning of a sentence. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `A`, `A and B`, `A, B and C`. */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Numbers between the hyphens of a recording's name; its date, time and uniqueid are none. */
const NUMBERS = /(?<=^|-)\+?\d{7,15}(?=-)(?!-\d{6}-\d{9,11}\.)/g;

/** Where a file lies is nobody's business who reads a story. */
export const fileName = (path: string): string => path.split('/').at(-1) ?? path;

/** Whether an operator had any part in a call: rang, talked, called, or did something to it. */
export function tookPart(call: Call, operator: string): boolean {
  if (operator === '') return false;
  const parts = [...call.talks, ...call.offers, ...call.steps];
  return (
    call.endpoint === operator ||
    call.legs.some((leg) => leg.role === 'device' && leg.endpoint === operator) ||
    parts.some((part) => part.operator === operator)
  );
}

// Who called whom is nobody's business in a log: above debug these keys are hidden, on the top of a record and in what it holds.

const DEBUG = 20;
const DEPTH = 4;
const HIDDEN = '(hidden above debug)';
/** Keys of events, calls and rows that hold numbers and names of people. */
const PERSONAL = new Set([
  'from',
  'to',
  'number',
  'callerid',
  'callerName',
  'clientName',
  'party',
  'partyName',
  'company',
  'phone',
  'line',
  'target',
]);
/** `name` is a person's only inside one of these; elsewhere it may name a queue or an option. */
const PEOPLE = new Set(['event', 'call', 'client', 'caller', 'party', 'user']);

/** The record with personal data hidden when `level` (pino's number) is above debug; the record itself is not changed. */
export function hidePersonal(record: unknown, level: number): unknown {
  return level <= DEBUG ? record : hide(record, '', DEPTH);
}

function hide(value: unknown, under: string, depth: number): unknown {
  if (value instanceof Error) return plainly(value);
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  if (Array.isArray(value)) return value.map((one) => hide(one, under, depth - 1));
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key,
      isPersonal(key, under) && held !== '' ? HIDDEN : hide(held, key, depth - 1),
    ]),
  );
}

/**
 * What a database quotes of a row when it refuses it: `Incorrect string value: '…'`, `Duplicate entry '…'`, `near '…'`. It does
 * not escape what it quotes, so all is left out up to the last quote that can be the end.
 */
const QUOTED = /\b(value|entry|string|near)(:?) '.*'(?= for | at |$)/gis;
const masked = (text: string) => text.replace(QUOTED, "$1$2 '…'");

/** The error, or where it quotes a row a copy that does not: kind, code, place and the rest of its words stay. */
function plainly(error: Error): Error {
  const { name, message, stack, code, errno } = error as NodeJS.ErrnoException;
  if (masked(message) === message && !('sqlMessage' in error)) return error;
  const copy = Object.assign(new Error(masked(message)), { name, code, errno });
  if (stack !== undefined) copy.stack = masked(stack);
  return copy;
}

const isPersonal = (key: string, under: string) => PERSONAL.has(key) || (key === 'name' && PEOPLE.has(under));

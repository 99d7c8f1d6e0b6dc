// What the commands of the lists share: opening the door, numbers, days.
import { InvalidArgumentError } from 'commander';
import type { ListName } from '../store/lists.js';
import { plainNumber } from './clients-file.js';
import type { Context } from './command.js';
import type { ListsDoor } from './deps.js';
import { Failure } from './failure.js';

/** Does some work on the lists of the configuration, and closes them. */
export async function withLists<T>(context: Context, work: (lists: ListsDoor) => Promise<T>): Promise<T> {
  const lists = await context.deps.lists(context.config());
  try {
    return await work(lists);
  } finally {
    await lists.close();
  }
}

/** A number as it is kept; spaces, brackets, dots and dashes are for people. @throws Failure for what is no number */
export function listNumber(number: string): string {
  const plain = plainNumber(number);
  if (!/^\+?[0-9]{2,31}$/.test(plain))
    throw new Failure(
      `number ${JSON.stringify(number.slice(0, 40))} is no telephone number: 2 to 31 digits, a + before them if you like`,
    );
  return plain;
}

/** A day, or a day and a minute, in the time of this host; ms. */
export function untilTime(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?$/.test(text)
    ? Date.parse(text.length === 10 ? `${text}T23:59:59` : `${text.replace(' ', 'T')}:00`)
    : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('Give a day such as 2026-12-31, or "2026-12-31 18:00".');
  return at;
}

/** Takes a number off a list. @throws Failure when it was not there */
export async function removeFrom(context: Context, list: ListName, command: string, number: string): Promise<void> {
  const plain = listNumber(number);
  if (!(await withLists(context, (lists) => lists.remove(list, plain))))
    throw new Failure(`${plain} is not there; \`dialhook ${command} list\` shows all`);
  context.io.out(`${plain} is removed.${soon(context)}\n`);
}

/** What the person should know about when it counts. */
export const soon = (context: Context): string =>
  context.config().listsFile === ''
    ? ' It reaches no call yet: DIALHOOK_LISTS_FILE is not set (docs/dialplan.md).'
    : ' Calls know within half a minute.';

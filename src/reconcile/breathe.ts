import { setImmediate } from 'node:timers/promises';

/** Lets whatever waits in the event loop have its turn: a PBX may have thousands of channels, and its calls come first. */
export const breathe = (): Promise<void> => setImmediate();

/** Items that are looked at in one go. */
const AT_ONCE = 250;

/** As Array.map, with a breath after every few hundred. */
export async function mapGently<T, R>(items: readonly T[], act: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    for (const item of items.slice(from, from + AT_ONCE)) results.push(act(item));
    if (from + AT_ONCE < items.length) await breathe();
  }
  return results;
}

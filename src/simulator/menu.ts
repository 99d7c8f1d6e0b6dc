// Pure. The menu that some callers go through before a queue: a key for each of the first queues. Who says nothing twice, or
// three times something else, comes to the first queue.
import type { SimQueue } from './cast.js';
import { endCaller } from './ends.js';
import { type LiveCall, SECOND, type World } from './world.js';

const MENU = 'main';
const MOST_KEYS = 9;
const TRIES = { timeout: 2, invalid: 3 } as const;
/** Seconds that the menu waits for a key, its announcement included. */
const WAITS = 9;

/** The menu speaks, until a queue is chosen or the caller hangs up. */
export function askMenu(world: World, call: LiveCall, chosen: (queue: SimQueue) => void, tries = 1): void {
  const { agenda, cast, pbx, random } = world;
  const [first] = cast.queues;
  if (first === undefined) return;
  pbx.hook(call.caller, 'menu', { menu: MENU });
  const chance = random.next();
  const choose = () => {
    const index = random.whole(0, Math.min(MOST_KEYS, cast.queues.length) - 1);
    pbx.hook(call.caller, 'menu', { menu: MENU, key: String(index + 1) });
    chosen(cast.queues[index] ?? first);
  };
  const fail = (key: 'timeout' | 'invalid') => () => {
    pbx.hook(call.caller, 'menu', { menu: MENU, key });
    if (tries < TRIES[key]) askMenu(world, call, chosen, tries + 1);
    else chosen(first);
  };
  const gone = () => {
    off();
    endCaller(world, call, { cause: 0, by: call.caller.name });
  };
  const soon = random.between(1.5, WAITS - 1) * SECOND;
  const off =
    chance < 0.8
      ? agenda.after(soon, choose)
      : chance < 0.87
        ? agenda.after(soon, fail('invalid'))
        : chance < 0.95
          ? agenda.after(WAITS * SECOND, fail('timeout'))
          : agenda.after(soon, gone);
  call.stop = gone;
}

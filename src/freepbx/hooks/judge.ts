// Pure. Whether a hook of ours is really the one that Asterisk runs.
import { type Context, extensionOf, type Priority } from './dialplan-show.js';

/** A place of the dialplan that has to be ours. */
export interface HookPlace {
  context: string;
  exten: string;
  /** Beginning at 1; how many priorities of ours stand there. Generated ones may follow when `tail` says so. */
  priorities: number;
  /** `own`: whatever follows ours is foreign and runs on. `generated`: the generated rest is wanted, we only take the first. */
  tail: 'own' | 'generated';
}

export type HookState = 'ours' | 'absent' | 'taken' | 'mixed' | 'tail';

export interface HookVerdict {
  place: HookPlace;
  /**
   * ours: as it should be. absent: no such context or extension. taken: priority 1 is another file's. mixed: some of ours lost their
   * priority to another file. tail: foreign priorities follow ours and would run.
   */
  state: HookState;
  /** `file:line` of the priority that decides; empty when absent. */
  where: string;
}

/**
 * Judges one place by what `dialplan show` printed.
 * @param isOurs whether a file, as Asterisk names it, is one of ours, or one of the site's that is known to call ours
 */
export function judgeHook(
  contexts: ReadonlyMap<string, Context>,
  place: HookPlace,
  isOurs: (file: string, priority: Priority) => boolean,
): HookVerdict {
  const found = extensionOf(contexts.get(place.context), place.exten)?.priorities ?? [];
  const [first] = found;
  if (first === undefined) return { place, state: 'absent', where: '' };
  const foreign = (one: Priority) => !isOurs(one.file, one);
  if (foreign(first)) return { place, state: 'taken', where: placeOf(first) };
  const own = found.filter(({ n }) => n <= place.priorities);
  const lost = own.find(foreign);
  if (lost !== undefined) return { place, state: 'mixed', where: placeOf(lost) };
  const after = place.tail === 'own' ? found.find((one) => one.n > place.priorities && foreign(one)) : undefined;
  return after === undefined
    ? { place, state: 'ours', where: placeOf(first) }
    : { place, state: 'tail', where: placeOf(after) };
}

/** `file:line`, or the module that made it. */
export const placeOf = ({ file, line }: Priority): string => (line === null ? file : `${file}:${line}`);

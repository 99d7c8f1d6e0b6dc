// How operators are busy in calls, and from when on that changed: their days are counted again from there.
import type { Call } from '../call/call.js';
import { type Activity, activitiesOf } from '../call/timeline.js';
import type { Changed } from '../store/intervals.js';
import { keyOf, type Who } from '../store/presence.js';

/** A ring or a talk, and whose. */
export type Busy = Activity & Who;

export function busyIn(call: Call): Busy[] {
  return call.legs.flatMap((leg) =>
    activitiesOf(call, leg).map((activity) => ({ ...activity, pbx: call.pbx, operator: leg.endpoint })),
  );
}

const sameStart = (a: Busy, b: Busy) =>
  a.startedAt === b.startedAt &&
  a.operator === b.operator &&
  a.state === b.state &&
  a.call === b.call &&
  a.queue === b.queue &&
  a.pbx === b.pbx;
const FOREVER = Number.MAX_SAFE_INTEGER;

/** From when on each operator's day is another, ms. Nothing for those of whom the same is told as before. */
export function changesOf(before: readonly Busy[], now: readonly Busy[]): Changed[] {
  const changed: Changed[] = [];
  const stood = [...before];
  for (const one of now) {
    const i = stood.findIndex((old) => sameStart(old, one));
    const [old] = i < 0 ? [] : stood.splice(i, 1);
    if (!old) changed.push(from(one, one.startedAt));
    else if (old.endedAt !== one.endedAt)
      changed.push(from(one, Math.min(old.endedAt ?? FOREVER, one.endedAt ?? FOREVER)));
  }
  for (const gone of stood) changed.push(from(gone, gone.startedAt));
  return changed;
}

const from = ({ pbx, operator }: Who, at: number): Changed => ({ pbx, operator, at });

/** One for each operator: the earliest. */
export function earliest(all: readonly Changed[]): Changed[] {
  const first = new Map<string, Changed>();
  for (const one of all) {
    const known = first.get(keyOf(one));
    if (!known || known.at > one.at) first.set(keyOf(one), one);
  }
  return [...first.values()];
}

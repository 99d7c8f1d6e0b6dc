// Who won: each place of FreePBX's dialplan that has to be ours, by what Asterisk has loaded.
import { type Context, extensionOf, parseDialplanShow } from '../../../freepbx/hooks/dialplan-show.js';
import { type HookVerdict, judgeHook, placeOf } from '../../../freepbx/hooks/judge.js';
import { type Check, type Finding, fail, ok, skip, warn } from '../check.js';
import type { FreepbxHost } from './host.js';
import { isOurFile, PLACES, type Place } from './places.js';

const AGAIN = 'dialhook freepbx install && fwconsole reload';

/** Hooks that are lost, overwritten, mixed with others', or followed by what would run on. */
export const freepbxHooks: Check = {
  name: 'freepbx-hooks',
  needs: [],
  async look(eye) {
    const host = await eye.probes.freepbxHost();
    if (host === null) return skip('there is no FreePBX on this host');
    const contexts = await loaded(host);
    const found = PLACES.map((place) => findingOf(place, contexts)).filter((one) => one !== null);
    if (found.length > 0) return found;
    return ok(`all ${PLACES.length} places of FreePBX's dialplan are ours, or call ours`);
  },
};

/** What Asterisk has of the contexts that concern us. @throws when the console does not answer */
export async function loaded(host: FreepbxHost): Promise<Map<string, Context>> {
  const names = [...new Set(PLACES.map(({ context }) => context))];
  const contexts = new Map<string, Context>();
  for (const name of names)
    for (const [context, read] of parseDialplanShow(await host.console(`dialplan show ${name}`)))
      if (context === name) contexts.set(context, read);
  return contexts;
}

/** Whether a place is ours, or is a hook of the site that calls ours. */
export function isServed(place: Place, contexts: ReadonlyMap<string, Context>): boolean {
  return judged(place, contexts).state === 'ours' || chained(place, contexts) !== null;
}

const judged = (place: Place, contexts: ReadonlyMap<string, Context>): HookVerdict =>
  judgeHook(contexts, place, isOurFile);

/** Where a hook of the site calls ours; null when it does not. */
function chained(place: Place, contexts: ReadonlyMap<string, Context>): string | null {
  const steps = contexts.get(place.context)?.extensions.flatMap((one) => one.priorities) ?? [];
  const call = steps.find(({ app, data }) => /^gosub$/i.test(app) && data.startsWith(`${place.body},`));
  return call === undefined ? null : placeOf(call);
}

function findingOf(place: Place, contexts: ReadonlyMap<string, Context>): Finding | null {
  const { state, where } = judged(place, contexts);
  if (state === 'ours') return null;
  const name = `[${place.context}] ${place.exten}`;
  const call = chained(place, contexts);
  if (state === 'absent' && call !== null) return null;
  if (state === 'absent')
    return { ...fail(`${name} is not there: ${place.costs}`, AGAIN), where: `context ${place.context}` };
  // A site's own hook with our line in it is as it should be; one that is mixed with ours is not, whatever it calls.
  if (state === 'taken' && call !== null) return null;
  if (state === 'taken' && /^extensions(_additional)?\.conf:/.test(where))
    return { ...fail(`${name} is FreePBX's own again, ours was lost: ${place.costs}`, AGAIN), where };
  if (state === 'taken') {
    const line = `same => n,Gosub(${place.body},s,1${place.exten === 'q' || place.exten === 'rg' ? '($' + '{ARG2})' : ''})`;
    const says = `${name} was written by the site and does not call ours: ${place.costs}`;
    return { ...fail(says, `Put "${line}" before its end, then: fwconsole reload. Or: ${AGAIN}`), where };
  }
  const first = extensionOf(contexts.get(place.context), place.exten)?.priorities[0];
  const both = `${first === undefined ? '' : placeOf(first)} and ${where}`;
  if (state === 'mixed')
    return {
      ...fail(
        `${name} is mixed of ours and another's, line by line: ${both}`,
        `Take one of the two out, then: ${AGAIN}`,
      ),
      where,
    };
  return {
    ...warn(
      `${name} has lines of another behind ours: ${both}`,
      `Ours ends before them; take them out of ${where}, then: fwconsole reload`,
    ),
    where,
  };
}

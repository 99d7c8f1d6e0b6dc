// Into FreePBX and out again: plan, show, do. One at a time on a host.
import { mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { takeLock } from '../../record/lock.js';
import type { Plan } from './change.js';
import { type DoingParts, doAll, recover } from './doing.js';
import type { Places } from './places.js';
import { type Asked, type InstallPlan, planInstall } from './plan.js';
import { Refusal } from './refusal.js';
import { planRemove, type RemoveAsked, type RemovePlan } from './remove.js';
import { showPlan } from './show.js';

export interface Parts {
  tell(text: string): void;
  dryRun: boolean;
  /** Asks whether to go on, when somebody is there. */
  confirm?: (question: string) => Promise<boolean>;
  /** For tests: called before and after each step. */
  at?: DoingParts['at'];
}

export interface Outcome {
  /** False when there was nothing to do, or somebody said no. */
  done: boolean;
  /** Steps that went wrong and stopped nothing. */
  troubles: string[];
}

/** Puts Dialhook in, or brings what is there up to date. @throws Refusal; on any other failure everything is put back. */
export const install = (asked: Asked, parts: Parts): Promise<Outcome> =>
  alone(asked.places, parts, () => planInstall(asked));

/** Takes Dialhook out. @throws as install */
export const remove = (asked: RemoveAsked, parts: Parts): Promise<Outcome> =>
  alone(asked.places, parts, () => planRemove(asked));

async function alone(places: Places, parts: Parts, plan: () => Promise<InstallPlan | RemovePlan>): Promise<Outcome> {
  if (parts.dryRun) {
    const made = await plan();
    parts.tell(showPlan(made, places, true) || 'Nothing to do.');
    return { done: false, troubles: [] };
  }
  const free = await lock(places);
  try {
    const doing = {
      root: places.root,
      records: places.records,
      tell: parts.tell,
      ...(parts.at === undefined ? {} : { at: parts.at }),
    };
    if (await recover(doing)) parts.tell('An earlier run was cut off; what it had changed was put back first.');
    return await carryOut(await plan(), places, parts, doing);
  } finally {
    await free();
  }
}

async function carryOut(
  plan: Plan & { backup: string },
  places: Places,
  parts: Parts,
  doing: DoingParts,
): Promise<Outcome> {
  if (plan.changes.length === 0) {
    parts.tell(`${showPlan(plan, places, false)}Nothing to do.`);
    return { done: false, troubles: [] };
  }
  if (parts.confirm !== undefined) {
    parts.tell(showPlan(plan, places, false));
    if (!(await parts.confirm('Go on?'))) return { done: false, troubles: [] };
  } else {
    for (const one of plan.notes) parts.tell(`note: ${one}`);
    for (const one of plan.warnings) parts.tell(`WARNING: ${one}`);
  }
  return { done: true, troubles: await doAll(plan.changes, plan.backup, doing) };
}

/** A run that was killed leaves its lock; it is taken over. */
async function lock({ lock: folder }: Places): Promise<() => Promise<void>> {
  const made = await mkdir(folder, { recursive: true });
  const free = await takeLock(folder).catch((error: unknown) => {
    const who = error instanceof Error ? /process \d+/.exec(error.message)?.[0] : undefined;
    if (who === undefined) throw error;
    throw new Refusal(`another installation or removal is under way (${who}): wait for it`);
  });
  return async () => {
    await free();
    for (let path = folder; made !== undefined && path.startsWith(made); path = dirname(path))
      await rmdir(path).catch(() => undefined);
  };
}

export { thisHost } from './host.js';
export { placesOf } from './places.js';
export { Refusal } from './refusal.js';
export { type Status, statusOf } from './status.js';
export type { Asked, RemoveAsked };

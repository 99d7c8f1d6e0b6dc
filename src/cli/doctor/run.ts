// Makes the checks one after the other. A check that throws or takes too long is itself a finding.
import type { Config } from '../../config/options.js';
import { explain } from '../failure.js';
import { type Check, type Eye, type Finding, fail, type Result, skip } from './check.js';
import { CHECKS } from './index.js';
import type { ManagerProbe, Probes } from './probes.js';

const DEADLINE_MS = 10_000;

/**
 * All findings, in order; `tell` hears each as it comes.
 * @param deadlineMs for one check
 */
export async function examine(
  config: Config,
  probes: Probes,
  tell: (result: Result) => void,
  checks: readonly Check[] = CHECKS,
  deadlineMs = DEADLINE_MS,
): Promise<Result[]> {
  let connected: Promise<ManagerProbe> | undefined;
  const eye: Eye = {
    config,
    probes,
    manager: () => {
      connected ??= probes.manager();
      return connected;
    },
  };
  const results: Result[] = [];
  try {
    for (const check of checks) {
      for (const finding of [await find(check, eye, results, deadlineMs)].flat()) {
        const result = { name: check.name, ...finding };
        results.push(result);
        tell(result);
      }
    }
  } finally {
    await Promise.allSettled([connected?.then((manager) => manager.close()), probes.database.close()]);
  }
  return results;
}

async function find(
  check: Check,
  eye: Eye,
  before: readonly Result[],
  deadlineMs: number,
): Promise<Finding | Finding[]> {
  const missing = check.needs.find(
    (name) => !before.some((one) => one.name === name && (one.state === 'ok' || one.state === 'warn')),
  );
  if (missing !== undefined) return skip(`not looked at, because of "${missing}"`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(
      () =>
        resolve(
          fail(
            `no answer within ${deadlineMs / 1000} s`,
            'Look whether what is asked here hangs, and run the doctor again.',
          ),
        ),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([Promise.resolve(check.look(eye)), late]);
  } catch (error) {
    return fail(explain(error), 'Mend that and run the doctor again.');
  } finally {
    clearTimeout(timer);
  }
}

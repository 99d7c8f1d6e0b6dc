// For tests: one check looked at alone.
import type { Check, Eye, Finding } from '../../../src/cli/doctor/check.js';
import type { Probes } from '../../../src/cli/doctor/probes.js';
import { readConfig } from '../../../src/config/load.js';
import { probes } from '../fakes.js';

type Answers = Parameters<typeof probes>[1];

/** What a check finds with this environment, these probes and these answers of the manager interface. */
export async function look(
  check: Check,
  options: {
    env?: NodeJS.ProcessEnv;
    probes?: Partial<Probes>;
    manager?: Answers;
    events?: Parameters<typeof probes>[2];
  } = {},
): Promise<Finding> {
  const made = probes(options.probes, options.manager, options.events);
  let connected: ReturnType<Probes['manager']> | undefined;
  const eye: Eye = {
    config: readConfig({ env: options.env ?? {}, defaultFile: '/none' }).config,
    probes: made,
    manager: () => {
      connected ??= made.manager();
      return connected;
    },
  };
  const found = await check.look(eye);
  const [first] = [found].flat();
  if (first === undefined) throw new Error('the check found nothing at all');
  return first;
}

/** An environment in which a manager interface is configured. */
export const MANAGER = { DIALHOOK_AMI_HOST: '192.0.2.1', DIALHOOK_AMI_USER: 'dialhook', DIALHOOK_AMI_SECRET: 'hush' };

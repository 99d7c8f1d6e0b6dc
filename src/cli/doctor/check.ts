// What a check is, and what it finds.
import type { Config } from '../../config/options.js';
import type { ManagerProbe, Probes } from './probes.js';

export type State = 'ok' | 'warn' | 'fail' | 'skip';

export interface Finding {
  state: State;
  /** What is so, in one plain sentence without its full stop. */
  says: string;
  /** What to do; empty when there is nothing to do. */
  mend: string;
  /** `file:line`, a table or a context, where that helps. */
  where?: string;
}

/** What a check looks at. */
export interface Eye {
  config: Config;
  probes: Probes;
  /** The one connection to the manager interface that all checks share. */
  manager(): Promise<ManagerProbe>;
}

export interface Check {
  /** The wire name: in --json, in `needs`, in a question to somebody who helps. */
  name: string;
  /** Checks that must have found nothing worse than a warning; else this one is skipped. */
  needs: readonly string[];
  /** One finding, or one for each thing that is not well. */
  look(eye: Eye): Promise<Finding | Finding[]> | Finding | Finding[];
}

export interface Result extends Finding {
  name: string;
}

export const ok = (says: string): Finding => ({ state: 'ok', says, mend: '' });
export const skip = (says: string): Finding => ({ state: 'skip', says, mend: '' });
export const warn = (says: string, mend: string): Finding => ({ state: 'warn', says, mend });
export const fail = (says: string, mend: string): Finding => ({ state: 'fail', says, mend });

// Puts the commands of the list onto the FastAGI server.
import type { AgiApp } from '../agi/index.js';
import type { HookDeps } from './hook.js';
import { HOOKS } from './index.js';

/** Registers every command. A session closes when its command is done; a failed one ends with a line on the PBX console. */
export function registerHooks(app: AgiApp, deps: HookDeps): void {
  for (const hook of HOOKS) app.agi(hook.path, (channel) => hook.run(channel, deps));
}

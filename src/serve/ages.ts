// The rule of the greatest age, on the configured parts.
import type { Config } from '../config/options.js';
import type { Log } from '../log/log.js';
import { startAged } from '../reconcile/index.js';
import type { Recorder } from '../record/recorder.js';
import { openChannels } from '../store/calls.js';
import type { Db } from '../store/database.js';
import { operatorsHeld } from '../store/known-channels.js';

const HOUR = 3_600_000;
/** Tables that lack what came more than this ago do not know what is new, ms. */
const BEHIND_MS = 5000;

/** Starts it; `asked` says whether the manager interface answers. The answer stops it. */
export function startAges(
  config: Config,
  db: Db,
  recorder: Recorder,
  asked: () => boolean,
  log: Log,
): () => Promise<void> {
  const { pbx, longestCallHours, longestShiftHours } = config;
  const parts = {
    pbx,
    report: recorder.append,
    openChannels: () => openChannels(db),
    operators: () => operatorsHeld(db, pbx),
    asked,
    behind: () => {
      const { state, behindSince } = recorder.loop.status();
      return state === null || (behindSince !== null && Date.now() - behindSince > BEHIND_MS);
    },
    log: log.child({ room: 'reconcile' }),
    now: Date.now,
  };
  return startAged(parts, { longestCallMs: longestCallHours * HOUR, longestShiftMs: longestShiftHours * HOUR });
}

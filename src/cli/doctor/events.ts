import { type Check, type Eye, ok, warn } from './check.js';
import type { ManagerEvent } from './probes.js';

/** A Local channel that ends as soon as it begins: enough to hear what the PBX says of a channel. */
const CHANNEL = 'Local/s@dialhook-sink';
const HEAR_MS = 2000;

const GENERAL = 'Write in [general] of manager.conf:';
const THEN = 'then run `asterisk -rx "manager reload"`.';

/**
 * What no hook can see (holds, attended transfers, parking by keys, places in a queue) is heard from the PBX. Whether it says
 * enough can only be heard: no action shows the setting `channelvars` or the classes of `read`.
 */
export const events: Check = {
  name: 'manager-events',
  needs: ['dialplan'],
  async look(eye) {
    const event = await hear(eye);
    if (event === null)
      return warn(
        'the PBX tells nothing of its channels: holds, attended transfers and parked callers are not seen',
        'Write in the section of its user in manager.conf: read = call,agent.',
      );
    // On FreePBX the setting would spoil its CDR (dialplan/freepbx/manager.conf): there the linkedid has to do.
    const freepbx = (await eye.probes.freepbxHost()) !== null;
    if (!freepbx && !event.getAll('ChanVariable').some((one) => /^DH_CALL(=|$)/.test(one)))
      return warn(
        'the PBX does not say which call a channel belongs to: after a transfer it may be the wrong one',
        `${GENERAL} channelvars = DH_CALL, ${THEN}`,
      );
    if (event.get('Timestamp') === undefined)
      return warn(
        "the PBX's events carry no time: two servers that watch it tell each thing twice",
        `${GENERAL} timestampevents = yes, ${THEN}`,
      );
    return ok('the PBX tells of its channels, and enough of each');
  },
};

/** The first event of a channel made for this; null when none comes. */
async function hear(eye: Eye): Promise<ManagerEvent | null> {
  const manager = await eye.manager();
  let unlisten = () => {};
  let timer: NodeJS.Timeout | undefined;
  try {
    const heard = new Promise<ManagerEvent | null>((resolve) => {
      timer = setTimeout(() => resolve(null), HEAR_MS);
      unlisten = manager.listen((event) => event.get('Channel')?.startsWith(CHANNEL) && resolve(event));
    });
    await manager.action('Originate', {
      ...{ Channel: `${CHANNEL}/n`, Context: 'dialhook-sink', Exten: 's', Priority: '1' },
      ...{ Timeout: String(HEAR_MS), Async: 'true' },
    });
    return await heard;
  } finally {
    clearTimeout(timer);
    unlisten();
  }
}

import { type Check, ok, warn } from './check.js';

/** Lines that could not be used are kept aside; each is a fault of a dialplan, or somebody's game with it. */
export const rejected: Check = {
  name: 'rejected-events',
  needs: ['migrations'],
  async look({ probes }) {
    const { count, newest } = await probes.database.rejected();
    if (count === 0) return ok('every event could be used');
    const reasons = newest.map(({ at, reason }) => `${new Date(at).toISOString()} ${reason}`);
    return warn(
      `${count} events could not be used, the newest: ${reasons.join('; ')}`,
      'Compare the dialplan with dialplan/ of this version; the lines are kept in the table rejected_events.',
    );
  },
};

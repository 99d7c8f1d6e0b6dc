import { type Check, ok, warn } from './check.js';

/**
 * A function that the manager may read only when live_dangerously = yes; it looks whether / exists, and does nothing.
 * Asterisk notes "Dangerous function STAT read blocked" in its log when all is well.
 */
const PROBE = 'STAT(e,/)';

/** With live_dangerously every manager user can read and write files of the PBX (CVE-2024-42365 and its like). */
export const liveDangerously: Check = {
  name: 'live-dangerously',
  needs: ['manager-rights'],
  async look({ manager }) {
    const connection = await manager();
    const value = await connection.action('Getvar', { Variable: PROBE }).then(
      (answer) => answer.get('Value') ?? '',
      () => '',
    );
    if (value !== '1') return ok('live_dangerously is off');
    return warn(
      'live_dangerously is on: whoever gets the secret of a manager user gets the host',
      'Set live_dangerously = no in [options] of asterisk.conf and restart Asterisk.',
    );
  },
};

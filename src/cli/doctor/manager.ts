import { explain } from '../failure.js';
import { type Check, fail, ok, skip } from './check.js';

/** The manager interface (AMI) can be reached and lets us in. */
export const manager: Check = {
  name: 'manager',
  needs: [],
  async look({ config, manager: connect }) {
    const { amiHost, amiPort, amiUser } = config;
    if (amiHost === '' || amiPort === 0)
      return skip('no manager interface is configured (DIALHOOK_AMI_HOST): clicks are off');
    const place = `${amiUser}@${amiHost}:${amiPort}`;
    try {
      await connect();
      return ok(`logged in to the manager interface as ${place}`);
    } catch (error) {
      return fail(
        `the manager interface does not let us in as ${place}: ${explain(error)}`,
        'Look into manager.conf: enabled = yes, bindaddr, port, the user with its secret, and permit for this host.',
      );
    }
  },
};

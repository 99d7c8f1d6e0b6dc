import { existsSync } from 'node:fs';
import { OPTIONS } from '../../config/options.js';
import { explain } from '../failure.js';
import { type Check, fail, ok, skip, warn } from './check.js';

const SLOW_MS = 200;

/** The database answers a real question. */
export const database: Check = {
  name: 'database',
  needs: [],
  async look({ config, probes }) {
    const shown = OPTIONS.databaseUrl.kind.hide?.(config.databaseUrl) ?? '';
    const file = /^sqlite:(.*)$/.exec(config.databaseUrl)?.[1];
    if (file !== undefined && !existsSync(file))
      return skip(`${shown} is not there yet: the first start of the server makes it`);
    const began = performance.now();
    try {
      const product = await probes.database.product();
      const took = Math.round(performance.now() - began);
      const says = `${product} answers at ${shown} after ${took} ms`;
      return took <= SLOW_MS
        ? ok(says)
        : warn(says, 'Calls do not wait for it, but the pages do: look at its load and at the way to it.');
    } catch (error) {
      return fail(
        `${shown}: ${explain(error)}`,
        'Calls go on and events are kept meanwhile; start the database or correct DIALHOOK_DATABASE_URL.',
      );
    }
  },
};

import { type Check, fail, ok } from './check.js';

/** The tables are those of this version. */
export const migrations: Check = {
  name: 'migrations',
  needs: ['database'],
  async look({ probes }) {
    const pending = await probes.database.pending();
    if (pending.length === 0) return ok('the tables are up to date');
    return fail(
      `${pending.length} ${pending.length === 1 ? 'migration has' : 'migrations have'} not run: ${pending.join(', ')}`,
      'Run `dialhook migrate`.',
    );
  },
};

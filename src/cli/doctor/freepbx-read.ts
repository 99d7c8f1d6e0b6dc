import { explain } from '../failure.js';
import { type Check, fail, ok, skip, warn } from './check.js';

/** Without these nothing is known; the others belong to modules that a site may do without. */
const NEEDED = ['users', 'devices', 'incoming'];

/** FreePBX's configuration can be read, and only read. */
export const freepbxRead: Check = {
  name: 'freepbx-read',
  needs: [],
  async look({ config, probes }) {
    if (config.freepbxDatabaseUrl === '')
      return skip('FreePBX is not read (DIALHOOK_FREEPBX_DATABASE_URL): names are those typed here');
    const found = await probes.freepbx().catch((error: unknown) => explain(error));
    if (typeof found === 'string')
      return fail(
        `FreePBX’s database: ${found}`,
        'The names read last are kept. Start it, or correct DIALHOOK_FREEPBX_DATABASE_URL.',
      );
    const { missing, tooMuch, extensions, reading } = found;
    const needed = missing.filter((table) => NEEDED.includes(table));
    const grants = 'docs/freepbx.md, "Operators and queues from FreePBX", has the statements.';
    if (needed.length > 0)
      return fail(`the user may not read ${needed.join(', ')} of FreePBX`, `Give it the right to read them: ${grants}`);
    if (tooMuch.length > 0)
      return warn(
        `the user that reads FreePBX may do more than read: ${tooMuch.join(', ')}`,
        `Take these rights away: ${grants}`,
      );
    if (reading?.failingSince)
      return warn(
        `the server has not been able to read FreePBX since ${new Date(reading.failingSince).toISOString()}: ${reading.error}`,
        'The names read last are kept. The doctor can read it: look whether the server has the same configuration.',
      );
    const without = missing.length === 0 ? '' : `; not there or closed: ${missing.join(', ')}`;
    return ok(`FreePBX has ${extensions} extensions, and they can only be read${without}`);
  },
};

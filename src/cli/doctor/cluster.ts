import { serversOf } from '../../config/database-url.js';
import type { Config } from '../../config/options.js';
import { type Check, type Finding, fail, ok, skip, warn } from './check.js';
import type { ClusterFound } from './probes.js';

/** Below three nodes the death of one takes the majority with it. */
const SAFE = 3;
/** A node that waits for the others for more than this share of its time, 0 to 1, is held up by the slowest of them. */
const HELD_UP = 0.05;

/** A cluster of databases is whole, and this server knows all of its nodes. */
export const cluster: Check = {
  name: 'cluster',
  needs: ['database'],
  async look({ config, probes }): Promise<Finding> {
    const found = await probes.database.cluster();
    const named = serversOf(config.databaseUrl).length;
    if (found !== null) return judge(found, config, named);
    if (named < 2) return skip('the database is no cluster');
    return fail(
      'the address names several servers, and the one that answers is no node of a cluster',
      'Servers that are not kept alike lose calls at a change from one to another: name one, or make a Galera cluster of them.',
    );
  },
};

function judge(found: ClusterFound, config: Config, named: number): Finding {
  const { node, size, state, keyless, foreign, paused, refused } = found;
  const says = `${size} ${size === 1 ? 'node is' : 'nodes are'} together; ${node} is used and ${state.toLowerCase()}; ${refused} transactions begun again because another node was first; wsrep_sync_wait ${found.syncWait}, auto_increment_increment ${found.autoIncrement}: neither matters here`;
  if (foreign.length > 0)
    return fail(
      `${foreign.join(', ')}: not InnoDB, so the other nodes do not have what is in it`,
      'Run ALTER TABLE … ENGINE=InnoDB on each.',
    );
  if (keyless.length > 0)
    return fail(
      `${keyless.join(', ')}: no primary key, so the nodes do not stay alike`,
      'Give each a primary key; the tables of Dialhook all have one.',
    );
  if (named < size)
    return warn(
      `${says}; the address names ${named} of them`,
      `Name all nodes in DIALHOOK_DATABASE_URL${namesOf(found, config)}: what is not named can not take the place of one that dies.`,
    );
  if (size < SAFE)
    return warn(says, 'Bring the other nodes back: with two, the death of one stops both. Events are kept meanwhile.');
  if (state !== 'Synced') return warn(says, 'The node gives its data to another one, or catches up: look again later.');
  if (paused > HELD_UP)
    return warn(
      `${says}; it waited for slower nodes ${Math.round(paused * 100)} % of the time`,
      'Look at the disk and the load of the other nodes: the slowest one sets the pace of all.',
    );
  return ok(says);
}

/** How the address would be written, as far as the nodes tell their own addresses. */
const namesOf = ({ addresses, size }: ClusterFound, config: Config): string =>
  addresses.length === size ? ` (…@${addresses.join(',')}${serversOf(config.databaseUrl)[0]?.pathname ?? ''})` : '';

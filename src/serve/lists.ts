// The lists of the dialplan, put together: the tables, the file, the PBX.
import { performListsReload } from '../actions/rule.js';
import type { Ami } from '../ami/index.js';
import type { ListsDoor } from '../cli/deps.js';
import type { Config } from '../config/options.js';
import { type ListsKeeper, startLists } from '../lists/publish.js';
import { loadedVariable, VIP_PRIORITY } from '../lists/text.js';
import type { Log } from '../log/log.js';
import { type Db, openDatabase } from '../store/database.js';
import { listEntries, readLists, removeEntry, saveEntries } from '../store/lists.js';
import { migrate } from '../store/migrate.js';
import { MIGRATIONS } from './tables.js';

/** Whether a PBX has loaded the lists of a version. It needs the right `reporting`. Rejects when the PBX is away. */
export async function listsLoaded(ami: Pick<Ami, 'action'>, version: string): Promise<boolean> {
  const answer = await ami.action('Getvar', { Variable: loadedVariable(version) });
  return answer.get('Value') === '1';
}

/** Starts keeping the file where it is configured; null where not. `tables` resolves when they are there. */
export function startListsFile(
  config: Config,
  db: Db,
  parts: { ami: Pick<Ami, 'action'> | null; tables: Promise<boolean>; log: Log },
): ListsKeeper | null {
  if (config.listsFile === '' || !config.roles.includes('apply')) return null;
  const { ami } = parts;
  return startLists({
    file: config.listsFile,
    read: async () => {
      if (!(await parts.tables)) throw new Error('the server is being stopped');
      return readLists(db, VIP_PRIORITY);
    },
    pbx: ami && {
      loaded: (version: string) => listsLoaded(ami, version),
      reload: () => performListsReload(ami, Date.now()),
    },
    log: parts.log.child({ room: 'lists' }),
  });
}

/** The lists of the configured database, for the commands; the tables are made when they are not there yet. */
export async function listsOf(config: Config): Promise<ListsDoor> {
  const db = openDatabase(config.databaseUrl);
  await migrate(db, MIGRATIONS).catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  return {
    list: (name) => listEntries(db, name),
    save: (name, entries) => saveEntries(db, name, entries, Date.now()),
    remove: (name, number) => removeEntry(db, name, number),
    close: () => db.close(),
  };
}

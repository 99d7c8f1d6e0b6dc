// The lists of the dialplan, put together: the tables, the file, the PBX.
import { performListsReload } from '../actions/rule.js';
import type { Ami } from '../ami/index.js';
import type { ListsDoor } from '../cli/deps.js';
import type { Config } from '../config/options.js';
import { type ListsKeeper, startLists } from '../lists/publish.js';
import { VIP_PRIORITY } from '../lists/text.js';
import type { Log } from '../log/log.js';
import { type Db, openDatabase } from '../store/database.js';
import { listEntries, readLists, removeEntry, saveEntries } from '../store/lists.js';
import { migrate } from '../store/migrate.js';
import { MIGRATIONS } from './tables.js';

const LIST_MS = 3000;

/** Version of the lists that a PBX has loaded; empty for none. It needs the right `reporting`. Rejects when the PBX is away. */
export async function loadedLists(ami: Pick<Ami, 'list'>): Promise<string> {
  const options = { complete: 'ShowDialPlanComplete', timeoutMs: LIST_MS };
  const lines = await ami
    .list('ShowDialPlan', { Context: 'dialhook-list-version' }, options)
    .catch((error: unknown) => {
      if (/did not find/i.test(String((error as { reason?: string }).reason))) return [];
      throw error;
    });
  return lines.map((line) => line.get('AppData') ?? '').find((data) => /^[0-9a-f]{16}$/.test(data)) ?? '';
}

/** Starts keeping the file where it is configured; null where not. `tables` resolves when they are there. */
export function startListsFile(
  config: Config,
  db: Db,
  parts: { ami: Pick<Ami, 'action' | 'list'> | null; tables: Promise<boolean>; log: Log },
): ListsKeeper | null {
  if (config.listsFile === '' || !config.roles.includes('apply')) return null;
  const { ami } = parts;
  return startLists({
    file: config.listsFile,
    read: async () => {
      if (!(await parts.tables)) throw new Error('the server is being stopped');
      return readLists(db, VIP_PRIORITY);
    },
    pbx: ami && { loaded: () => loadedLists(ami), reload: () => performListsReload(ami, Date.now()) },
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

// The machine around FreePBX: its own FastAGI server, its tables of calls, the rights of our files.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, type Finding, fail, ok, skip, warn } from '../check.js';

const NONE = 'there is no FreePBX on this host';
/** Port of FreePBX's own FastAGI server (core-fastagi). */
export const FREEPBX_AGI_PORT = 4573;

/** Two FastAGI servers want a port each; the generated dialplan needs FreePBX's. */
export const freepbxFastagi: Check = {
  name: 'freepbx-fastagi',
  needs: [],
  async look({ config, probes }) {
    const host = await probes.freepbxHost();
    if (host === null) return skip(NONE);
    if (config.agiPort === FREEPBX_AGI_PORT)
      return fail(
        `this server is set to port ${FREEPBX_AGI_PORT}, which FreePBX's own FastAGI server needs`,
        'Set DIALHOOK_AGI_PORT=4574 and DH_AGI = 127.0.0.1:4574, then: fwconsole reload',
      );
    const generated = (await host.read('extensions_additional.conf')).split('\n');
    const asks = generated.flatMap((line, i) => (/AGI\(agi:\/\/127\.0\.0\.1[/:]/i.test(line) ? [i + 1] : []));
    const holder = await probes.listener(FREEPBX_AGI_PORT);
    if (holder !== null && /dialhook/.test(holder.command))
      return fail(
        `port ${FREEPBX_AGI_PORT} is held by Dialhook (process ${holder.pid}): ${asks.length} lines of FreePBX's dialplan ask it`,
        'Set DIALHOOK_AGI_PORT=4574, restart it, then: fwconsole restart',
      );
    return ok(
      `${asks.length} lines of FreePBX ask its own FastAGI server on port ${FREEPBX_AGI_PORT}; ours is another`,
    );
  },
};

/** Keys without which a search in FreePBX's tables of calls reads all of them. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  cdr: ['calldate', 'linkedid', 'uniqueid'],
  cel: ['eventtime', 'linkedid', 'uniqueid'],
};

export const freepbxTables: Check = {
  name: 'freepbx-tables',
  needs: [],
  async look({ probes }) {
    const host = await probes.freepbxHost();
    if (host === null) return skip(NONE);
    const tables = await host
      .stockTables()
      .catch((error: unknown) => String(error instanceof Error ? error.message : error));
    if (typeof tables === 'string') return skip(`FreePBX's tables of calls are not looked at: ${tables}`);
    const found = tables.flatMap(({ name, columns, indexed, rows }) =>
      (KEYS[name] ?? [])
        .filter((column) => columns.has(column) && !indexed.has(column))
        .map((column): Finding => {
          const says = `${name} has no key on ${column}: a search by it reads all of about ${rows} rows`;
          // The database itself locks as little as it can, which is nothing with InnoDB; MyISAM refuses to be told so.
          const mend = `mysql asteriskcdrdb -e "ALTER TABLE ${name} ADD INDEX ${name}_${column} (${column})"`;
          return { ...warn(says, mend), where: `asteriskcdrdb.${name}` };
        }),
    );
    return found.length > 0
      ? found
      : ok(`${tables.map(({ name }) => name).join(' and ')} have the keys that searches need`);
  },
};

const SECRETS = ['dialhook/freepbx/manager.conf', 'manager_custom.conf', 'manager.conf'];
const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o002;

/** Who may read the secret of the manager's user, and who may change the dialplan. */
export const freepbxFiles: Check = {
  name: 'freepbx-files',
  needs: [],
  async look({ probes }) {
    const host = await probes.freepbxHost();
    if (host === null) return skip(NONE);
    const found: Finding[] = [];
    for (const name of [...SECRETS, 'dialhook', 'extensions_custom.conf', 'extensions_override_freepbx.conf']) {
      const path = join(host.etc, name);
      const seen = await stat(path).catch(() => null);
      if (seen === null) continue;
      if ((seen.mode & OTHERS_WRITE) !== 0)
        found.push({ ...fail('every user of this host may change the dialplan', `chmod o-w ${path}`), where: path });
      if (SECRETS.includes(name) && (seen.mode & OTHERS_READ) !== 0)
        found.push({
          ...warn('every user of this host may read the secrets of the manager interface', `chmod o-r ${path}`),
          where: path,
        });
    }
    return found.length > 0 ? found : ok('only their owners may read the secrets and change the hooks');
  },
};

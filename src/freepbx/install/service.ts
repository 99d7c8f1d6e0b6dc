// The running system: Asterisk reads its files again, systemd runs the server.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Act } from './change.js';
import type { Host } from './host.js';
import type { Places } from './places.js';

/** Which Asterisk is asked. */
export interface Console {
  program: string;
  /** asterisk.conf, where it is not in the usual place; '' else. */
  conf: string;
}

export async function ask(host: Host, { program, conf }: Console, command: string): Promise<string> {
  const said = await host.run(program, [...(conf === '' ? [] : ['-C', conf]), '-rx', command]);
  if (said.code !== 0) throw new Error(said.out === '' ? `${program} could not be run` : said.out);
  return said.out;
}

/** What a change of which file needs, and no more: a whole reload of FreePBX is never asked for. */
const RELOADS = {
  'extensions.conf': 'dialplan reload',
  'manager.conf': 'manager reload',
  'queues.conf': 'queue reload parameters',
};
export type Part = keyof typeof RELOADS;

/** For an Asterisk that runs; a stopped one reads everything when it starts. */
export function reloads(host: Host, console: Console, parts: ReadonlySet<Part>, expected: string): Act[] {
  return (Object.keys(RELOADS) as Part[])
    .filter((part) => parts.has(part))
    .map(
      (part): Act => ({
        kind: 'act',
        says: `asterisk -rx "${RELOADS[part]}"`,
        reload: true,
        undo: null,
        async do() {
          await ask(host, console, RELOADS[part]);
          if (part !== 'extensions.conf' || expected === '') return;
          const shown = await ask(host, console, `dialplan show ${expected}`);
          if (!shown.includes(`'${expected}'`)) throw new Error(`Asterisk did not take the dialplan in: ${shown}`);
        },
      }),
    );
}

export const runs = async (host: Host, console: Console): Promise<boolean> =>
  ask(host, console, 'core show uptime').then(
    () => true,
    () => false,
  );

const SYSTEM_UNITS = ['usr/lib/systemd/system/dialhook.service', 'lib/systemd/system/dialhook.service'];

/** Text of the unit; null when the package brought one. */
export function unitText(places: Places, program: string): string | null {
  if (SYSTEM_UNITS.some((one) => existsSync(join(places.root, one)))) return null;
  const source = ['dialhook.service', 'scripts/dialhook.service']
    .map((one) => join(places.home, one))
    .find((one) => existsSync(one));
  return source === undefined ? null : readFileSync(source, 'utf8').replaceAll('/usr/local/bin/dialhook', program);
}

/** Lets the server take the spool file, which Asterisk's group owns, and write the lists. `folders` as the running system sees them. */
export const dropInText = (
  folders: readonly string[],
  group: string,
): string => `# Made by dialhook freepbx install: the dialplan's spool file is written by Asterisk's user, and the lists are read by it.
[Service]
SupplementaryGroups=${group}
${[...new Set(folders)].map((one) => `ReadWritePaths=-${one}\n`).join('')}`;

export const makeUser = (host: Host): Act => ({
  kind: 'act',
  says: 'useradd --system --home-dir /var/lib/dialhook --shell /usr/sbin/nologin dialhook',
  do: () =>
    must(host, 'useradd', ['--system', '--home-dir', '/var/lib/dialhook', '--shell', '/usr/sbin/nologin', 'dialhook']),
  undo: () => must(host, 'userdel', ['dialhook']),
});

export const dropUser = (host: Host): Act => ({
  kind: 'act',
  says: 'userdel dialhook',
  final: true,
  do: () => must(host, 'userdel', ['dialhook']),
  undo: null,
});

export const systemctl = (host: Host, words: string, undo: string | null, more: Partial<Act> = {}): Act => ({
  kind: 'act',
  says: `systemctl ${words}`,
  do: () => must(host, 'systemctl', words.split(' ')),
  undo: undo === null ? null : () => must(host, 'systemctl', undo.split(' ')),
  ...more,
});

async function must(host: Host, program: string, args: readonly string[]): Promise<void> {
  const said = await host.run(program, args);
  if (said.code !== 0)
    throw new Error(`${program} ${args.join(' ')}: ${said.out === '' ? `code ${said.code}` : said.out}`);
}

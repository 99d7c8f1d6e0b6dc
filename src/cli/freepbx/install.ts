// `dialhook freepbx install | upgrade | remove | status`: into FreePBX and out again.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../../config/load.js';
import {
  type Asked,
  install,
  type Outcome,
  type Parts,
  placesOf,
  Refusal,
  type RemoveAsked,
  remove,
  type Status,
  statusOf,
  thisHost,
} from '../../freepbx/install/index.js';
import type { Context } from '../command.js';
import { Failure } from '../failure.js';
import { wholeNumber } from '../numbers.js';
import { columns } from '../table.js';

export const INSTALL_SYNOPSIS = `       dialhook freepbx install [--dry-run] [options]
       dialhook freepbx upgrade [--dry-run] [options]
       dialhook freepbx remove [--dry-run] [--keep-data] [--yes] [options]
       dialhook freepbx status [--json]`;

export const INSTALL_HELP = `install, upgrade and remove put Dialhook into a FreePBX 15 to 17, or a bare Asterisk, and out of it. Run them as root on its host.

  install              own files in /etc/asterisk/dialhook, one #include line in each of FreePBX's custom files, a user of the manager
                       interface, a database with a user of its own, settings in /etc/dialhook, the service; then the reloads needed.
                       Run again it mends what is missing, and changes nothing where nothing is
  upgrade              the same for what is installed: files of this version, settings and secrets as they are, tables brought up to date
  remove               everything back as it was; the recorded calls go too, unless --keep-data
  status               what is installed, and whether every hook is where it must be; ends with code 1 when something is missing

  --dry-run            show the difference of each file and each other step, change nothing
  --keep-data          leave the database, the journal and our settings; a later install goes on with them
  --yes                do not ask
  --no-reload          Asterisk is not asked to read its files; do it when it suits you
  --no-service         no system user, no systemd unit
  --database-url URL   use this database (or DIALHOOK_DATABASE_URL in the environment, which other users of the host do not see);
                       unless said one is made: as root by the socket of the local MariaDB, or with FreePBX's own login if that may
  --database NAME      name of the database that is made, and of its user (default: dialhook)
  --database-admin URL login that makes or drops it, such as mysql://root:password@db.example.org/mysql
  --pbx NAME           name of this PBX in every event (default: pbx1)
  --ami-user NAME      name of the user of the manager interface (default: dialhook)
  --agi-port N         port of our FastAGI server (default: the first free one from 4574; 4573 is FreePBX's)
  --web-port N         port of the pages (default: 8080)
  --etc FOLDER         Asterisk's configuration folder (default: /etc/asterisk)
  --root FOLDER        work on a copy of a system: all files are looked for below, no program is run
  --program FILE       where the program dialhook stands, for the service (default: /usr/bin or /usr/local/bin)
  --asterisk FILE      the program asterisk that is asked to reload (default: asterisk)

When a step fails, all before it are put back. What was there before is kept in /etc/dialhook/install, for root alone.`;

export const INSTALL_EXAMPLES = `  dialhook freepbx install --dry-run
  dialhook freepbx install
  dialhook freepbx status
  dialhook freepbx remove --keep-data`;

interface Options {
  dryRun?: boolean;
  keepData?: boolean;
  yes?: boolean;
  reload: boolean;
  service?: boolean;
  databaseUrl?: string;
  database: string;
  databaseAdmin?: string;
  pbx?: string;
  amiUser?: string;
  agiPort?: number;
  webPort?: number;
  etc?: string;
  root: string;
  program?: string;
  asterisk: string;
  json?: boolean;
}

/** Adds the four commands to the group `freepbx`. */
export function addInstall(group: Command, context: Context): void {
  const named = (name: string) => places(group.command(name));
  const setting = (command: Command) =>
    doing(command)
      .option('--no-service')
      .option('--database-url <url>')
      .option('--pbx <name>', '', name(/^[\w-]{1,32}$/))
      .option('--ami-user <name>', '', name(/^[\w-]{1,32}$/))
      .option('--agi-port <n>', '', wholeNumber(1, 65535))
      .option('--web-port <n>', '', wholeNumber(1, 65535));
  setting(named('install')).action((options: Options) => putIn(context, options, false));
  setting(named('upgrade')).action((options: Options) => putIn(context, options, true));
  doing(named('remove'))
    .option('--keep-data')
    .option('--yes')
    .action((options: Options) => takeOut(context, options));
  named('status')
    .option('--json')
    .action((options: Options) => tellStatus(context, options));
}

const places = (command: Command) =>
  command
    .option('--etc <folder>', '', folder)
    .option('--root <folder>', '', folder, '/')
    .option('--asterisk <file>', '', 'asterisk');

const doing = (command: Command) =>
  command
    .option('--dry-run')
    .option('--no-reload')
    .option('--database <name>', '', name(/^[A-Za-z0-9_]{1,27}$/), 'dialhook')
    .option('--database-admin <url>')
    .option('--program <file>');

/** It has to be there: a root that is mistyped would be one without anything to lose. */
const folder = (text: string) => {
  const path = resolve(text);
  if (!existsSync(path)) throw new InvalidArgumentError('There is no such folder.');
  return path;
};

const name = (form: RegExp) => (text: string) => {
  if (!form.test(text)) throw new InvalidArgumentError('A name has 1 to 32 letters, digits, - or _.');
  return text;
};

function commonOf(options: Options): Omit<RemoveAsked, 'keepData'> {
  const live = options.root === '/';
  const made = placesOf(options.root, options.etc);
  return {
    places: made,
    host: thisHost(live),
    console: { program: options.asterisk, conf: options.etc === undefined ? '' : join(options.etc, 'asterisk.conf') },
    database: { url: options.databaseUrl ?? '', admin: options.databaseAdmin ?? '', name: options.database },
    reload: options.reload,
  };
}

async function putIn(context: Context, options: Options, upgrade: boolean): Promise<void> {
  const { deps, io } = context;
  const common = commonOf(options);
  const { config } = common.places;
  if (upgrade && !(await statusOf(common.places, common.host)).installed)
    throw new Failure('Dialhook is not installed here: `dialhook freepbx install` does that');
  const { database } = common;
  const asked: Asked = {
    ...common,
    database: { ...database, url: database.url || (io.env['DIALHOOK_DATABASE_URL'] ?? '') },
    program: options.program ?? programs(options.root),
    ...{ pbx: options.pbx ?? '', amiUser: options.amiUser ?? '' },
    ...{ agiPort: options.agiPort ?? 0, webPort: options.webPort ?? 0, service: options.service !== false },
    migrate: async () => deps.migrate(readConfig({ env: {}, file: config }).config, { dryRun: false }),
  };
  const outcome = await run(context, options, (parts) => install(asked, parts));
  if (!outcome.done) return;
  io.out(
    `Done. ${common.host.live ? '`dialhook doctor` proves it by test calls; ' : ''}\`dialhook freepbx remove\` undoes it.\n`,
  );
}

const programs = (root: string) =>
  ['/usr/bin/dialhook', '/usr/local/bin/dialhook'].find((one) => existsSync(join(root, one))) ?? '';

async function takeOut(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const keepData = options.keepData === true;
  const ask = options.yes !== true && options.dryRun !== true;
  if (ask && !io.interactive)
    throw new Failure('nobody is here to ask whether that is meant: add --yes (and --dry-run to see what it would do)');
  const confirm = async (question: string) => {
    const answer = (await (io.ask ?? io.askHidden)(`${question} [y/N] `)).trim();
    return /^y(es)?$/i.test(answer);
  };
  const outcome = await run(context, options, (parts) =>
    remove({ ...commonOf(options), keepData }, ask ? { ...parts, confirm } : parts),
  );
  if (outcome.done) io.out(keepData ? 'Removed; the data is kept.\n' : 'Removed.\n');
}

async function run(context: Context, options: Options, work: (parts: Parts) => Promise<Outcome>): Promise<Outcome> {
  const { io } = context;
  const dryRun = options.dryRun === true;
  if (!dryRun && options.root === '/' && process.getuid?.() !== 0)
    throw new Failure('only root may do that: run it as root (with --dry-run it only looks)');
  const outcome = await work({ dryRun, tell: (text) => io.out(text.endsWith('\n') ? text : `${text}\n`) }).catch(plain);
  for (const trouble of outcome.troubles) io.err(`dialhook: not done: ${trouble}\n`);
  if (outcome.troubles.length > 0) context.badNews();
  return outcome;
}

function plain(error: unknown): never {
  throw error instanceof Refusal ? new Failure(error.message) : error;
}

async function tellStatus(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const common = commonOf(options);
  const status = await statusOf(common.places, common.host).catch(plain);
  if (options.json === true) io.out(`${JSON.stringify(status, null, 2)}\n`);
  else io.out(statusText(status));
  if (!status.installed || status.problems.length > 0) context.badNews();
}

function statusText(status: Status): string {
  const system = status.kind === 'freepbx' ? `FreePBX ${status.freepbx || '(version unknown)'}` : 'a bare Asterisk';
  const asterisk = status.asterisk === '' ? '' : `, Asterisk ${status.asterisk}`;
  if (!status.installed) return `${system}${asterisk}. Dialhook is not installed here.\n`;
  const newer = status.version === status.here ? '' : ` (this program is ${status.here}: \`dialhook freepbx upgrade\`)`;
  const hooks = status.hooks.map(({ context, exten, state, where }) => [context, exten, state, where]);
  const mend =
    'What is lost, `dialhook freepbx upgrade` brings back. What is overwritten, the site has to give up or to let call ours.\n';
  return [
    `${system}${asterisk}. Dialhook ${status.version} is installed${newer}.\n`,
    columns(
      ['file', 'line', 'there'],
      status.includes.map(({ file, line, there }) => [file, line, there ? 'yes' : 'NO']),
    ),
    hooks.length === 0 ? '' : `\n${columns(['hook', 'extension', 'state', 'where'], hooks)}`,
    status.problems.length === 0
      ? '\nAll is in its place.\n'
      : `\n${status.problems.map((one) => `! ${one}\n`).join('')}${mend}`,
  ].join('');
}

// A real Asterisk in a folder of its own under the temporary folder, on the loopback and on free ports.
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  asteriskConf,
  baseConfigs,
  type Files,
  fillTemplate,
  modulesConf,
  readConfigs,
  type Values,
} from './asterisk-conf.js';
import { askConsole } from './asterisk-console.js';
import { type AsteriskTree, type AsteriskVersion, asteriskTree, wantedVersion } from './asterisk-tree.js';
import { removeFolder, temporaryFolder } from './leaving.js';
import { freePort, freeRange } from './ports.js';
import { startChild } from './process.js';
import { ended, type Service, startService, whenReady } from './service.js';
import { until } from './wait.js';

export interface AsteriskOptions {
  /** DIALHOOK_AST of the environment, else 22. */
  version?: AsteriskVersion;
  /** Its name: systemname and @PBX@; pbx1 unless said. */
  pbx?: string;
  /** Another systemname than `pbx`, '' for none: then uniqueids are those of every other PBX without one. */
  systemName?: string;
  /** Folders whose *.conf files are taken as templates, by the place under etc where they go ('' is etc itself). */
  from?: Record<string, string>;
  /** Files written over those, templates too. */
  conf?: Files | ((values: Values) => Files);
  /** More placeholders, or other values for the lab's own. */
  values?: Values;
  /** host:port of the FastAGI server, for @AGI@, @AGI_HOST@ and @AGI_PORT@; a free port where nobody listens unless said. */
  agi?: string;
  /** Modules beside the lab's own (names without .so), and modules to leave out; a modules.conf of `from` or `conf` wins. */
  modules?: { more?: string[]; without?: string[] };
  /** RTP ports; two are used by each leg. 200 unless said. */
  rtpPorts?: number;
}

export interface Asterisk extends Service {
  readonly version: AsteriskVersion;
  readonly pbx: string;
  readonly folder: string;
  readonly sipHost: string;
  readonly sipPort: number;
  readonly amiPort: number;
  readonly amiUser: string;
  readonly amiSecret: string;
  /** Every placeholder and its value. */
  readonly values: Values;
  /** The full log. */
  readonly logPath: string;
  /** The file the dialplan writes events into when no server takes them. */
  readonly spoolPath: string;
  /** Runs a console command and gives what it prints. @throws Error after 15 s or when Asterisk is not there. */
  cli(command: string): Promise<string>;
  /** Writes a configuration file again (a template) without a reload. */
  configure(name: string, text: string): Promise<void>;
  log(): string;
  /** Lines of the log that are a WARNING or an ERROR; none when all is well. */
  problems(): string[];
  /** Resolves when the console says it is fully booted. start() has waited for it already. */
  waitBooted(): Promise<void>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

const BOOT_MS = 60_000;
const CLI_MS = 15_000;
const HOST = '127.0.0.1';
const FOLDERS = [
  'log/cdr-csv',
  'run',
  'db',
  'cache',
  'agi-bin',
  'moh',
  ...['outgoing', 'tmp', 'monitor', 'voicemail', 'dialhook'].map((name) => `spool/${name}`),
];

/** Starts Asterisk and waits until it is fully booted. @throws Error with the end of its log when it does not. */
export async function startAsterisk(options: AsteriskOptions = {}): Promise<Asterisk> {
  const version = options.version ?? wantedVersion();
  const tree = await asteriskTree(version);
  const folder = temporaryFolder(`asterisk-${version}`);
  const values = await chooseValues(version, folder, options);
  await prepare(tree, folder, values, options);
  const logPath = join(folder, 'log/full');
  const log = () => (existsSync(logPath) ? readFileSync(logPath, 'utf8') : '');
  const service = await startService(() => launch(tree, folder, log));
  return {
    ...service,
    ...addresses(version, values),
    folder,
    logPath,
    cli: (command) => cli(folder, command),
    configure: (name, text) => write(folder, name, fillTemplate(name, text, values)),
    log,
    problems: () =>
      log()
        .split('\n')
        .filter((line) => /\b(?:WARNING|ERROR)\[/.test(line)),
    async waitBooted() {
      await until(() => booted(folder), BOOTED);
    },
    async remove() {
      await service.stop();
      removeFolder(folder);
    },
  };
}

const BOOTED = { deadline: BOOT_MS, every: 25, what: 'Asterisk to be fully booted' };
const confOf = (folder: string) => join(folder, 'etc/asterisk.conf');

async function launch(tree: AsteriskTree, folder: string, log: () => string) {
  const [program, ...first] = tree.command;
  const child = await startChild(`asterisk ${tree.version}`, program, [...first, '-f', '-C', confOf(folder)], {
    cwd: folder,
  });
  const ready = () => until(() => booted(folder), { ...BOOTED, unless: () => ended(child) });
  return whenReady(child, ready, () => log() || child.output());
}

const cli = (folder: string, command: string) => askConsole(join(folder, 'run/asterisk.ctl'), command, CLI_MS);

async function booted(folder: string): Promise<boolean> {
  if (!existsSync(join(folder, 'run/asterisk.ctl'))) return false;
  if (!/fully booted/i.test(await cli(folder, 'core waitfullybooted'))) return false;
  // The console learns its own commands a moment after that.
  return /^Asterisk \d/.test(await cli(folder, 'core show version'));
}

function addresses(version: AsteriskVersion, values: Values) {
  const { PBX: pbx = '', AMI_USER: amiUser = '', AMI_SECRET: amiSecret = '', SPOOL: spoolPath = '' } = values;
  const ports = { sipPort: Number(values['SIP_PORT']), amiPort: Number(values['AMI_PORT']) };
  return { version, pbx, sipHost: HOST, ...ports, amiUser, amiSecret, spoolPath, values };
}

async function chooseValues(version: AsteriskVersion, folder: string, options: AsteriskOptions): Promise<Values> {
  const rtpPorts = options.rtpPorts ?? 200;
  const rtp = await freeRange(rtpPorts);
  const agi = options.agi ?? `${HOST}:${await freePort()}`;
  const colon = agi.lastIndexOf(':');
  return {
    AST_VERSION: version,
    PBX: options.pbx ?? 'pbx1',
    SIP_HOST: HOST,
    SIP_PORT: String(await freePort()),
    AMI_HOST: HOST,
    AMI_PORT: String(await freePort()),
    AMI_USER: 'dialhook',
    AMI_SECRET: randomBytes(16).toString('hex'),
    RTP_START: String(rtp),
    RTP_END: String(rtp + rtpPorts - 1),
    AGI: agi,
    AGI_HOST: agi.slice(0, colon),
    AGI_PORT: agi.slice(colon + 1),
    SPOOL: join(folder, 'spool/dialhook/dialhook.spool'),
    MOH_DIR: join(folder, 'moh'),
    ...pins(),
    ...options.values,
  };
}

/** Passwords of the sample PBX's mailboxes. */
const pins = (): Values =>
  Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`PIN_10${i + 1}`, String(randomInt(100_000, 1_000_000))]));

async function prepare(tree: AsteriskTree, folder: string, values: Values, options: AsteriskOptions): Promise<void> {
  for (const name of FOLDERS) await mkdir(join(folder, name), { recursive: true });
  // Two seconds of silence, 8,000 samples of 16 bits a second: music on hold that needs no sound package.
  await writeFile(join(folder, 'moh/silence.sln'), Buffer.alloc(32_000));
  const own = typeof options.conf === 'function' ? options.conf(values) : options.conf;
  const { more = [], without = [] } = options.modules ?? {};
  const files: Files = {
    ...baseConfigs(),
    'modules.conf': modulesConf(tree, more, without),
    ...readConfigs(options.from ?? {}),
    'asterisk.conf': asteriskConf(tree, folder, options.systemName ?? values['PBX'] ?? ''),
    ...own,
  };
  for (const [name, text] of Object.entries(files)) await write(folder, name, fillTemplate(name, text, values));
}

async function write(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, 'etc', name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

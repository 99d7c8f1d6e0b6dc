// All options of Dialhook in one table: environment name, kind, default, help. The type Config follows from it,
// and so do docs/configuration.md, `dialhook config` and the messages of a wrong start.

import { FREEPBX_OPTIONS } from './freepbx-options.js';
import {
  choice,
  databaseUrl,
  directory,
  files,
  flagOrAuto,
  host,
  type Kind,
  maybe,
  networks,
  origin,
  pauseReasons,
  pbxName,
  port,
  prefixes,
  proxies,
  someOf,
  text,
  whole,
  zone,
} from './kinds.js';
import { RECORDING_OPTIONS } from './recording-options.js';
import { TOLL_OPTIONS } from './toll-options.js';

export interface Option<T> {
  /** Name in the environment and in a configuration file. */
  env: string;
  kind: Kind<T>;
  /** Default as text. `{dataDir}` stands for the value of that option. */
  fallback: string;
  help: string;
  /** Never shown; may be read from a file named by NAME_FILE. */
  secret: boolean;
}

const option = <T>(env: string, kind: Kind<T>, fallback: string, help: string): Option<T> => ({
  env: `DIALHOOK_${env}`,
  kind,
  fallback,
  help,
  secret: false,
});
const secret = <T>(env: string, kind: Kind<T>, fallback: string, help: string): Option<T> => ({
  ...option(env, kind, fallback, help),
  secret: true,
});

const ROLES = someOf('agi', 'apply', 'web');
const LEVELS = choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent');
const HOUR = 3_600_000;

export const OPTIONS = {
  roles: option(
    'ROLES',
    ROLES,
    'agi,apply,web',
    'What this process does: agi answers the dialplan, apply writes the tables, web serves the pages.',
  ),
  pbx: option(
    'PBX',
    pbxName,
    'pbx1',
    'Name of the PBX that this server stands beside; the same as the global DH_PBX of its dialplan.',
  ),
  dataDir: option(
    'DATA_DIR',
    directory,
    './data',
    'Directory of the journal and of the embedded database. It must be on a local disk.',
  ),
  databaseUrl: secret(
    'DATABASE_URL',
    databaseUrl,
    'sqlite:{dataDir}/dialhook.sqlite',
    'The database: an embedded SQLite file, or MySQL / MariaDB; of a cluster the first node that can be used, in the order of the list.',
  ),

  agiHost: option(
    'AGI_HOST',
    host,
    '127.0.0.1',
    'Address the FastAGI server listens on. The dialplan reaches it by the global DH_AGI.',
  ),
  agiPort: option('AGI_PORT', port('any free one'), '4574', 'Port of the FastAGI server.'),
  agiBacklog: option(
    'AGI_BACKLOG',
    whole(1, 4096),
    '64',
    'Connections the kernel holds for a server that is frozen; each one is a call that hangs with it.',
  ),
  agiMaxSessions: option(
    'AGI_MAX_SESSIONS',
    whole(1, 100_000),
    '1000',
    'FastAGI sessions at once; more are closed at the door.',
  ),
  agiMaxLineBytes: option(
    'AGI_MAX_LINE_BYTES',
    whole(1024, 1_048_576, 'bytes'),
    '16384',
    'Longest line that is read from Asterisk.',
  ),
  agiMaxHeaderBytes: option(
    'AGI_MAX_HEADER_BYTES',
    whole(4096, 4_194_304, 'bytes'),
    '65536',
    'Most bytes before the blank line that ends the environment of a request.',
  ),
  agiMaxLines: option(
    'AGI_MAX_LINES',
    whole(32, 10_000),
    '256',
    'Most environment lines of one request; Asterisk sends 22 and up to 127 arguments.',
  ),
  agiHeaderTimeoutMs: option(
    'AGI_HEADER_TIMEOUT_MS',
    whole(50, 60_000, 'ms'),
    '2000',
    'How long a connection may take to send its environment.',
  ),
  agiThinkMs: option(
    'AGI_THINK_MS',
    whole(50, 60_000, 'ms'),
    '2000',
    'How long our own code may think between two commands before the session is closed and the call goes on.',
  ),
  agiIdleMs: option(
    'AGI_IDLE_MS',
    whole(1000, 24 * HOUR, 'ms'),
    '14400000',
    'How long Asterisk may take to answer a command, the playing of a long file included.',
  ),
  lookupBudgetMs: option(
    'LOOKUP_BUDGET_MS',
    whole(10, 5000, 'ms'),
    '300',
    'How long /lookup may search for a caller before it answers "not found".',
  ),
  spoolFile: option(
    'SPOOL_FILE',
    files,
    '',
    'File into which the dialplan writes events when no server answers (global DH_SPOOL); the server reads it in.',
  ),

  webHost: option('WEB_HOST', host, '127.0.0.1', 'Address the pages are served on.'),
  webPort: option('WEB_PORT', port('any free one'), '8080', 'Port of the pages.'),
  webOrigin: option('WEB_ORIGIN', origin, '', 'Address the browsers see, when a proxy stands before the server.'),
  webTrustProxy: option('WEB_TRUST_PROXY', proxies, '0', 'Proxies whose X-Forwarded-* headers are believed.'),
  sessionHours: option('SESSION_HOURS', whole(1, 720, 'hours'), '12', 'How long a login lasts without any request.'),

  metricsFrom: option(
    'METRICS_FROM',
    networks,
    'loopback',
    'Who may read /metrics without the token. A request that a proxy passed on always needs the token.',
  ),
  metricsToken: secret(
    'METRICS_TOKEN',
    text,
    '',
    'Who sends it as "Authorization: Bearer …" may read /metrics from anywhere. Empty: nobody.',
  ),
  operationsPort: option(
    'OPERATIONS_PORT',
    port('with the pages'),
    '0',
    'Port of /health and /metrics apart from the pages, at the same address; needed where a process serves no pages.',
  ),

  amiHost: option(
    'AMI_HOST',
    maybe(host),
    '',
    'Host of the manager interface (AMI), needed for every click. Empty: no clicks.',
  ),
  amiPort: option('AMI_PORT', port('no manager interface'), '5038', 'Port of the manager interface.'),
  amiUser: option(
    'AMI_USER',
    maybe(text),
    '',
    'User of manager.conf. It needs read = call,agent and write = originate,reporting, nothing else.',
  ),
  amiSecret: secret('AMI_SECRET', text, '', 'Secret of that user.'),

  importPassword: secret(
    'IMPORT_PASSWORD',
    text,
    '',
    'Password of the database that import-cdr and import-queue-log read; asked for when it is empty and somebody is there.',
  ),

  callPrefixes: option(
    'CALL_PREFIXES',
    prefixes,
    '',
    'Countries a click may call: numbers that begin with + or 00 and go elsewhere are refused. Empty: none.',
  ),

  ...TOLL_OPTIONS,

  ...RECORDING_OPTIONS,

  ...FREEPBX_OPTIONS,

  pauseReasons: option(
    'PAUSE_REASONS',
    pauseReasons,
    'break,lunch,meeting,training,other',
    'What an operator can pause for, in the order of the buttons. Let DH_REASON_1 … of the dialplan say the same.',
  ),

  longPauseMinutes: option(
    'LONG_PAUSE_MINUTES',
    whole(1, 1440, 'minutes'),
    '30',
    'From when on the monitor marks a pause as a long one.',
  ),

  longestShiftHours: option(
    'LONGEST_SHIFT_HOURS',
    whole(0, 720, 'hours'),
    '16',
    'An operator who is ready or paused for longer has forgotten to log out, and is logged out. 0: never.',
  ),

  longestCallHours: option(
    'LONGEST_CALL_HOURS',
    whole(0, 720, 'hours'),
    '24',
    'While the PBX can not be asked, a channel that is open for longer is taken for lost. 0: never.',
  ),

  journalKeepHours: option(
    'JOURNAL_KEEP_HOURS',
    whole(1, 8760, 'hours'),
    '72',
    'How long the journal keeps what is in the tables already: at least the age of the oldest backup that may be put back.',
  ),

  timeZone: option('TIME_ZONE', zone, 'local', 'Zone of the call centre: "today" begins at its midnight.'),
  logLevel: option(
    'LOG_LEVEL',
    LEVELS,
    'info',
    'Least level that is logged. Numbers and names of callers appear at debug and trace only.',
  ),
  logPretty: option(
    'LOG_PRETTY',
    flagOrAuto,
    'auto',
    'Lines for people instead of JSON; auto: when the log goes to a terminal.',
  ),
};

/** Beside the options: the name under which the environment says where the configuration file is. */
export const CONFIG_FILE_NAME = 'DIALHOOK_CONFIG';
/** Read when it exists and no other file is named. */
export const DEFAULT_CONFIG_FILE = '/etc/dialhook/dialhook.conf';

type Table = typeof OPTIONS;
export type OptionName = keyof Table;
/** Every option with its checked value. Paths are absolute, times are in the unit of the name. */
export type Config = { readonly [K in OptionName]: Table[K] extends Option<infer T> ? T : never };

/** Options that only make sense together. Each answers with a plain sentence, or with undefined when all is well. */
export const TOGETHER: ((config: Config) => string | undefined)[] = [
  (config) => {
    const [agi, apply] = [config.roles.includes('agi'), config.roles.includes('apply')];
    if (agi === apply) return undefined;
    return `${OPTIONS.roles.env} has ${agi ? 'agi without apply' : 'apply without agi'}: the process that writes the journal applies it, so name both or neither`;
  },
  (config) => {
    if (config.amiHost === '' || config.amiPort === 0) return undefined;
    const missing = [
      config.amiUser === '' ? OPTIONS.amiUser.env : '',
      config.amiSecret === '' ? OPTIONS.amiSecret.env : '',
    ].filter((name) => name !== '');
    if (missing.length === 0) return undefined;
    return `${OPTIONS.amiHost.env} is set, but ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not: name the user of manager.conf and its secret, or leave ${OPTIONS.amiHost.env} empty`;
  },
];

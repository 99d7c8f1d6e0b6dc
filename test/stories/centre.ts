// A whole call centre for tests: a real Asterisk with the sample dialplan, the product's server, a database, real phones.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Asterisk, startAsterisk } from '../../scripts/lab/asterisk.js';
import type { AsteriskVersion } from '../../scripts/lab/asterisk-tree.js';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { openPhone, type Phone, type PhoneOptions } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { until } from '../../scripts/lab/wait.js';
import { type Ami, connectAmi } from '../../src/ami/index.js';
import { loadConfig } from '../../src/config/load.js';
import { createLog } from '../../src/log/log.js';
import { type Server, serve } from '../../src/serve/serve.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { type Closer, closable } from './closers.js';

export const DIALPLAN = fileURLToPath(new URL('../../dialplan', import.meta.url));
export const TRUNK_HOST = '127.0.0.2';
export const OPERATORS = ['101', '102', '103', '104', '105', '106', '107', '108'];
/** Who works in which queues when a story begins; nobody else is logged in. */
export const CREW: Record<string, string> = { '101': 'sales&support', '102': 'sales&support', '103': 'support' };
/** How long a phone rings and a caller waits at most in these tests, seconds. */
export const RING = 3;
export const QUEUE = 8;

export interface Centre {
  asterisk: Asterisk;
  server: Server;
  db: Db;
  phones: Map<string, Phone>;
  /** The outside world; any number of calls at once. */
  trunk: Phone;
  /** A second user of the manager interface with every right: what an administrator could do by hand. */
  ami: Ami;
  /** Makes the server compare its tables with the PBX now, instead of within the next minute. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

export interface CentreOptions {
  /** Name of the PBX; pbx1 unless said. Its uniqueids have no name before them, so that two PBXs make the same ones. */
  pbx?: string;
  /** More configuration files of the PBX, templates too. */
  conf?: Record<string, string>;
  /** More placeholders of the sample PBX. */
  values?: Record<string, string>;
}

/** Configuration of a server for tests; `more` are options by environment name without the prefix. */
export function testConfig(folder: string, databaseUrl: string, more: Record<string, string> = {}) {
  const env: Record<string, string> = {
    DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    AGI_PORT: '0',
    WEB_PORT: '0',
    TIME_ZONE: 'UTC',
  };
  const all = { ...env, ...more };
  return loadConfig(Object.fromEntries(Object.entries(all).map(([name, value]) => [`DIALHOOK_${name}`, value])));
}

const sample = (name: string) => readFileSync(join(DIALPLAN, 'pbx', name), 'utf8');
/** The sales queue rings its members in a fixed order, so that a story can say who comes first. */
const linearSales = () => sample('queues.conf').replace('strategy = rrmemory', 'strategy = linear');
/** The server's own user has only the rights that it needs, so what a test does by hand needs another. */
const LAB_USER = 'lab';
const managerConf = (secret: string) => `${sample('manager.conf')}
[${LAB_USER}]
secret = ${secret}
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = all
write = all
`;

/** Starts everything; the phones are registered, nobody is logged in to a queue yet. */
export const openCentre = (
  version: AsteriskVersion,
  databaseUrl: string,
  options: CentreOptions = {},
): Promise<Centre> => closable((closers) => build(version, databaseUrl, options, closers));

async function build(
  version: AsteriskVersion,
  databaseUrl: string,
  options: CentreOptions,
  closers: Closer[],
): Promise<Omit<Centre, 'stop'>> {
  const folder = temporaryFolder('centre');
  closers.push(() => removeFolder(folder));
  const agiPort = await freePort();
  const trunkPort = await freePort(TRUNK_HOST);
  const labSecret = randomBytes(12).toString('hex');
  const secrets = Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [`SECRET_10${i + 1}`, randomBytes(12).toString('hex')]),
  );
  const asterisk = await startAsterisk({
    version,
    systemName: '',
    ...(options.pbx === undefined ? {} : { pbx: options.pbx }),
    from: { '': join(DIALPLAN, 'pbx'), dialhook: DIALPLAN },
    conf: { 'queues.conf': linearSales(), 'manager.conf': managerConf(labSecret), ...options.conf },
    agi: `127.0.0.1:${agiPort}`,
    values: {
      ...secrets,
      RING_SECONDS: String(RING),
      QUEUE_SECONDS: String(QUEUE),
      TRUNK_HOST,
      TRUNK_PORT: String(trunkPort),
      ...options.values,
    },
  });
  closers.push(() => asterisk.remove());
  const log = createLog({ level: 'silent', pretty: false });
  const config = testConfig(folder, databaseUrl, {
    AGI_PORT: String(agiPort),
    AMI_HOST: '127.0.0.1',
    AMI_PORT: String(asterisk.amiPort),
    AMI_USER: asterisk.amiUser,
    AMI_SECRET: asterisk.amiSecret,
    PBX: asterisk.pbx,
    SPOOL_FILE: asterisk.spoolPath,
  });
  const stopping = new AbortController();
  const db = openDatabase(databaseUrl);
  closers.push(() => db.close());
  const server = await serve(config, log, () => undefined, stopping.signal);
  closers.push(() => server.stop());
  closers.push(() => stopping.abort());
  await server.tables;
  const pbx = { host: asterisk.sipHost, port: asterisk.sipPort };
  const phones = new Map<string, Phone>();
  const open = async (options: Omit<PhoneOptions, 'pbx'>) => {
    const phone = await openPhone({ pbx, ...options });
    closers.push(() => phone.close());
    return phone;
  };
  for (const user of OPERATORS)
    phones.set(user, await open({ user, password: secrets[`SECRET_${user}`] ?? '', autoAnswer: false }));
  await Promise.all([...phones.values()].map((phone) => phone.register()));
  const trunk = await open({ user: 'trunk', host: TRUNK_HOST, port: trunkPort });
  const ami = connectAmi({ host: '127.0.0.1', port: asterisk.amiPort, user: LAB_USER, secret: labSecret, log });
  closers.push(() => ami.close());
  await until(() => ami.state().up, { what: 'the manager interface is up' });
  return { asterisk, server, db, phones, trunk, ami, look: () => server.look() };
}

/** Logs operators in to queues by their feature code, as they would in the morning. */
export async function logIn(centre: Centre, operators: readonly string[], queues: string): Promise<void> {
  for (const operator of operators) {
    await centre.asterisk.cli(`dialplan set global DH_QUEUES_${operator} ${queues}`);
    const call = centre.phones.get(operator)?.call('*45');
    await call?.ended();
  }
  await until(
    async () =>
      (
        await centre.db
          .knex('rt_operators')
          .whereIn('operator', [...operators])
          .where({ pbx: centre.asterisk.pbx, presence: 'ready' })
      ).length === operators.length,
    {
      what: `${operators.join(', ')} are logged in`,
    },
  );
}

/** Resolves when no call runs any more and everything is in the tables. */
export async function quiet(centre: Centre): Promise<void> {
  await until(async () => /^0 active channels/m.test(await centre.asterisk.cli('core show channels')), {
    what: 'no channel is left',
    deadline: 15_000,
    every: 100,
  });
  await centre.server.recorder?.loop.settled(15_000);
}

// A call centre on FreePBX for tests: its generated dialplan with the overlay, the product's server, a database, phones and a trunk.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FreepbxOptions, type FreepbxPbx, startFreepbx } from '../../scripts/lab/freepbx/pbx.js';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import type { Phone } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { until } from '../../scripts/lab/wait.js';
import { connectAmi } from '../../src/ami/index.js';
import { createLog } from '../../src/log/log.js';
import { serve } from '../../src/serve/serve.js';
import { openDatabase } from '../../src/store/database.js';
import { type Centre, testConfig } from '../stories/centre.js';
import { type Closer, closable } from '../stories/closers.js';
import { merged } from './made.js';

const DIALPLAN = fileURLToPath(new URL('../../dialplan', import.meta.url));
/** Phones that are registered: the members of queue 400 and ring group 600, and two more. */
const PHONES = ['101', '102', '103'];

/** Where the overlay's files go, as the package has them. */
export const OVERLAY = {
  dialhook: DIALPLAN,
  'dialhook/freepbx': join(DIALPLAN, 'freepbx'),
  'dialhook/freepbx/hooks': join(DIALPLAN, 'freepbx/hooks'),
};

/** By file, as the installer leaves it. */
const LINES = {
  'globals_custom.conf': '#include dialhook/freepbx/globals.conf\n',
  'extensions_custom.conf': '#include dialhook/freepbx/extensions.conf\n',
  'extensions_override_freepbx.conf': '#include dialhook/freepbx/override.conf\n',
  'queues_post_custom.conf': '#include dialhook/freepbx/queues.conf\n',
  'manager_custom.conf': '#include dialhook/freepbx/manager.conf\n',
  'dialhook/freepbx/site.conf': 'DH_PBX = @PBX@\nDH_AGI = @AGI@\nDH_SPOOL = @SPOOL@\n',
  'dialhook/freepbx/queues.conf': '[400](+)\nmembergosub = dialhook-freepbx-member\n',
};

export interface StandOptions extends FreepbxOptions {
  /** What the site has in FreePBX's own places, with the overlay or without; `custom` stands instead of all that is there. */
  site?: Readonly<Record<string, string>>;
}

/** One line in each of FreePBX's own places, and what the installer writes for this site. */
export const overlaid = (options: StandOptions = {}): StandOptions => ({
  ...options,
  from: { ...OVERLAY, ...options.from },
  custom: { ...merged(LINES, options.site ?? {}), ...options.custom },
});

/** The PBX with its phones, and what is needed to play on it. */
export interface Stand {
  pbx: FreepbxPbx;
  phones: Map<string, Phone>;
  trunk: Phone;
}

export async function openStand({ site = {}, ...options }: StandOptions): Promise<Stand> {
  const pbx = await startFreepbx({ systemName: '', ...options, custom: { ...site, ...options.custom } });
  try {
    const phones = new Map<string, Phone>();
    for (const extension of PHONES) phones.set(extension, await pbx.phone(extension, { autoAnswer: false }));
    return { pbx, phones, trunk: await pbx.trunk() };
  } catch (error) {
    await pbx.remove();
    throw error;
  }
}

/** A stand with the overlay, and the server it talks to: a centre for the players of test/stories. */
export const openFreepbxCentre = (databaseUrl: string, options: StandOptions = {}): Promise<Centre & Stand> =>
  closable((closers) => build(databaseUrl, options, closers));

async function build(
  databaseUrl: string,
  options: StandOptions,
  closers: Closer[],
): Promise<Omit<Centre & Stand, 'stop'>> {
  const folder = temporaryFolder('freepbx-centre');
  closers.push(() => removeFolder(folder));
  const agiPort = await freePort();
  const stand = await openStand(overlaid({ ...options, agi: `127.0.0.1:${agiPort}` }));
  const { pbx } = stand;
  closers.push(() => pbx.remove());
  const log = createLog({ level: 'silent', pretty: false });
  const config = testConfig(folder, databaseUrl, {
    AGI_PORT: String(agiPort),
    AMI_HOST: '127.0.0.1',
    AMI_PORT: String(pbx.amiPort),
    AMI_USER: pbx.amiUser,
    AMI_SECRET: pbx.amiSecret,
    PBX: pbx.pbx,
    SPOOL_FILE: pbx.spoolPath,
  });
  const stopping = new AbortController();
  const db = openDatabase(databaseUrl);
  closers.push(() => db.close());
  const server = await serve(config, log, () => undefined, stopping.signal);
  closers.push(() => server.stop());
  closers.push(() => stopping.abort());
  await server.tables;
  const ami = connectAmi({ host: '127.0.0.1', port: pbx.amiPort, user: 'lab', secret: pbx.amiSecret, log });
  closers.push(() => ami.close());
  await until(() => ami.state().up, { what: 'the manager interface is up' });
  return { ...stand, asterisk: pbx, server, db, ami, look: () => server.look() };
}

// A FreePBX 16 on Asterisk 16, a FreePBX 17 on Asterisk 22: the dialplan that such a system generated, with phones 101 to 104, queue
// 400, ring group 600, a trunk and three inbound numbers. Only addresses, ports and times are changed.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Asterisk, type AsteriskOptions, startAsterisk } from '../asterisk.js';
import type { Files, Values } from '../asterisk-conf.js';
import { type AsteriskVersion, wantedVersion } from '../asterisk-tree.js';
import { openPhone, openTrunk, type Phone, type PhoneOptions } from '../phone.js';
import { freePort } from '../ports.js';
import { until } from '../wait.js';
import { type FreepbxAgi, openFreepbxAgi } from './agi.js';
import { type FreepbxVersion, freepbxAstdb, freepbxEtc } from './etc.js';
import { mailboxAstdb, mailboxConf, withMailbox, writeGreeting } from './mailbox.js';

/** The extensions of the generated system. */
export const EXTENSIONS = ['101', '102', '103', '104'] as const;
export const FREEPBX_TRUNK_HOST = '127.0.0.2';
/** Modules that the generated dialplan names beside the lab's own. */
const MODULES = [
  ...['app_macro', 'app_db', 'app_chanisavail', 'app_zapateller', 'app_disa', 'app_readexten', 'app_forkcdr'],
  ...[
    'app_privacy',
    'app_directory',
    'func_presencestate',
    'func_sayfiles',
    'func_volume',
    'func_vmcount',
    'func_enum',
  ],
  ...['func_config', 'res_fax', 'res_monitor', 'res_mwi_devstate', 'res_pjsip_one_touch_record_info'],
];

export interface FreepbxOptions extends Pick<AsteriskOptions, 'agi' | 'values' | 'from' | 'pbx' | 'systemName'> {
  version?: FreepbxVersion;
  /** The site's own files, by name; templates as every file of the lab. */
  custom?: Files;
  /** Seconds that a phone rings (15 in the generated system), and that a caller waits in queue 400 (for ever). */
  ringSeconds?: number;
  waitSeconds?: number;
  /** Seconds until a parked call comes back; 4 unless said. */
  parkSeconds?: number;
  /** Whether queue 400 records: `force`, as the generated system would say it; not unless said. */
  record?: boolean;
  /** The extension that has voicemail; in the generated system none has. */
  mailbox?: string;
}

export interface FreepbxPbx extends Asterisk {
  readonly freepbx: FreepbxVersion;
  readonly fastagi: FreepbxAgi;
  readonly trunkPort: number;
  /** Opens and registers a phone; it is closed by remove(). */
  phone(extension: string, options?: Partial<PhoneOptions>): Promise<Phone>;
  /** The outside world; one at a time. */
  trunk(options?: Partial<PhoneOptions>): Promise<Phone>;
}

export const freepbxOf = (version: AsteriskVersion): FreepbxVersion => (version === '16' ? '16' : '17');
const asteriskOf = (version: FreepbxVersion): AsteriskVersion => (version === '16' ? '16' : '22');

/** Starts it and loads its AstDB. DIALHOOK_AST decides which, unless `version` is said. */
export async function startFreepbx(options: FreepbxOptions = {}): Promise<FreepbxPbx> {
  const freepbx = options.version ?? freepbxOf(wantedVersion());
  const trunkPort = await freePort(FREEPBX_TRUNK_HOST);
  const fastagi = await openFreepbxAgi(await freePort());
  const secrets = new Map(EXTENSIONS.map((name): [string, string] => [name, randomBytes(12).toString('hex')]));
  const values: Values = {
    TRUNK_HOST: FREEPBX_TRUNK_HOST,
    TRUNK_PORT: String(trunkPort),
    FREEPBX_AGI_PORT: String(fastagi.port),
    ...options.values,
  };
  const asterisk = await startAsterisk({
    version: asteriskOf(freepbx),
    conf: labFiles(freepbx, secrets, options),
    modules: { more: MODULES },
    values,
    ...pick(options),
  });
  await loadAstdb(asterisk);
  mkdirSync(join(asterisk.folder, 'spool/monitor'), { recursive: true });
  if (options.mailbox !== undefined) writeGreeting(join(asterisk.folder, 'spool'), options.mailbox);
  const pbx = { host: asterisk.sipHost, port: asterisk.sipPort };
  const phones: Phone[] = [];
  const kept = async (opening: Promise<Phone>) => {
    const phone = await opening;
    phones.push(phone);
    return phone;
  };
  return {
    ...asterisk,
    ...{ freepbx, fastagi, trunkPort },
    async phone(extension, more = {}) {
      const phone = await kept(openPhone({ user: extension, password: secrets.get(extension) ?? '', pbx, ...more }));
      await phone.register();
      // A contact that did not answer its first OPTIONS yet is none for PJSIP_DIAL_CONTACTS.
      await until(async () => /Avail|NonQual/.test(await contactOf(asterisk, extension)), {
        what: `the contact of ${extension}`,
      });
      return phone;
    },
    trunk: (more = {}) => kept(openTrunk({ pbx, host: FREEPBX_TRUNK_HOST, port: trunkPort, ...more })),
    async remove() {
      await Promise.allSettled(phones.map((phone) => phone.close()));
      await fastagi.stop();
      await asterisk.remove();
    },
  };
}

const pick = ({ agi, from, pbx, systemName }: FreepbxOptions) => ({
  ...(agi === undefined ? {} : { agi }),
  ...(from === undefined ? {} : { from }),
  ...(pbx === undefined ? {} : { pbx }),
  ...(systemName === undefined ? {} : { systemName }),
});

async function contactOf(asterisk: Asterisk, extension: string): Promise<string> {
  const said = await asterisk.cli('pjsip show contacts');
  return said.split('\n').find((line) => line.includes(` ${extension}/`)) ?? '';
}

/** One call of the lab's own writes the AstDB: a console command for each entry would take seconds. */
async function loadAstdb(asterisk: Asterisk): Promise<void> {
  await asterisk.cli('channel originate Local/s@lab-astdb/n application NoOp');
  const all = async () =>
    (await asterisk.cli('database get lab loaded')).includes('yes') &&
    /^0 active channels/m.test(await asterisk.cli('core show channels'));
  await until(all, { what: 'the AstDB to be loaded' });
}

function astdbDialplan(freepbx: FreepbxVersion, { mailbox }: FreepbxOptions): string {
  const entries = freepbxAstdb(freepbx).filter(([, value]) => value !== '');
  const own = mailbox === undefined ? [] : [mailboxAstdb(mailbox)];
  const lines = [...entries, ...own, ['lab/loaded', 'yes']].map(([key, value]) => `Set(DB(${key})=${value})`);
  return `\n[lab-astdb]\n${lines.map((line, n) => `exten => s,${n + 1},${line}\n`).join('')}`;
}

/** Files of the lab's own that stand for the machine FreePBX ran on; everything else is as FreePBX has it. */
const OURS = ['asterisk.conf', 'modules.conf', 'logger.conf', 'rtp.conf', 'http.conf', 'manager.conf'];

function labFiles(freepbx: FreepbxVersion, secrets: Map<string, string>, options: FreepbxOptions): Files {
  const etc = freepbxEtc(freepbx, {
    secretOf: (whose) => secrets.get(whose) ?? randomBytes(12).toString('hex'),
    ...(options.custom === undefined ? {} : { custom: options.custom }),
  });
  const files = Object.fromEntries(Object.entries(etc).filter(([name]) => !OURS.includes(name)));
  return {
    ...files,
    'manager.conf': MANAGER,
    // The rows go into a file, where FreePBX has them in its database.
    'cdr_general_custom.conf': '[csv]\nusegmtime = yes\n',
    'extensions.conf': `${files['extensions.conf']}${astdbDialplan(freepbx, options)}`,
    'musiconhold.conf': '[default]\nmode = files\ndirectory = @MOH_DIR@\n',
    'extensions_additional.conf': dialplan(files['extensions_additional.conf'] ?? '', freepbx, options),
    'voicemail.conf': `${files['voicemail.conf']}${options.mailbox === undefined ? '' : mailboxConf(options.mailbox, randomBytes(4).readUInt32BE().toString())}`,
    'res_parking_additional.conf': (files['res_parking_additional.conf'] ?? '').replace(
      'parkingtime=45',
      `parkingtime=${options.parkSeconds ?? 4}`,
    ),
    'queues_additional.conf': queue(files['queues_additional.conf'] ?? '', options),
    ...addresses(files),
  };
}

/** The addresses, ports and the network of this machine. */
function addresses(files: Files): Files {
  const trunk = (text = '') => text.replaceAll('127.0.0.99:5099', '@TRUNK_HOST@:@TRUNK_PORT@');
  return {
    'pjsip.transports.conf': (files['pjsip.transports.conf'] ?? '').replace('0.0.0.0:5060', '@SIP_HOST@:@SIP_PORT@'),
    // A test's phone lives in the test's own process: too busy to answer an OPTIONS in time, it would be dialled no more.
    'pjsip.aor.conf': trunk(files['pjsip.aor.conf']).replaceAll('qualify_frequency=60', 'qualify_frequency=0'),
    'pjsip.identify.conf': (files['pjsip.identify.conf'] ?? '').replace('127.0.0.99', '@TRUNK_HOST@'),
    'pjsip.endpoint.conf': (files['pjsip.endpoint.conf'] ?? '').replaceAll('direct_media=yes', 'direct_media=no'),
  };
}

function dialplan(generated: string, version: FreepbxVersion, options: FreepbxOptions): string {
  const { ringSeconds = 3, waitSeconds, record = false, mailbox } = options;
  const wait = waitSeconds === undefined ? '' : String(waitSeconds);
  return (mailbox === undefined ? generated : withMailbox(generated, mailbox, version))
    .replaceAll('agi://127.0.0.1/', 'agi://127.0.0.1:@FREEPBX_AGI_PORT@/')
    .replace('RINGTIMER_DEFAULT = 15', `RINGTIMER_DEFAULT = ${ringSeconds}`)
    .replace(/\?\$\{VQ_MAXWAIT\}: \)\}/, `?\${VQ_MAXWAIT}:${wait === '' ? ' ' : wait})}`)
    .replace('(q,400,dontcare)', `(q,400,${record ? 'force' : 'dontcare'})`)
    .replace('dial,20,', `dial,${ringSeconds},`)
    .replaceAll('s,1(20,', `s,1(${ringSeconds},`);
}

const queue = (generated: string, { ringSeconds = 3 }: FreepbxOptions) =>
  generated.replace('timeout=15', `timeout=${ringSeconds}`).replace('retry=5', 'retry=1');

const MANAGER = `[general]
enabled = yes
bindaddr = @AMI_HOST@
port = @AMI_PORT@
[lab]
secret = @AMI_SECRET@
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = all
write = all
#include manager_additional.conf
#include manager_custom.conf
`;

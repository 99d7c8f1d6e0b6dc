// The values that the server, the dialplan and the manager interface must agree on: what is set already stays.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DatabasePlan, planDatabase } from './database.js';
import type { System } from './detect.js';
import type { Host } from './host.js';
import type { Values } from './manifest.js';
import { seen } from './places.js';
import type { Asked } from './plan.js';
import type { Installed } from './record.js';
import { Refusal } from './refusal.js';
import { readSettings } from './settings.js';
import { settingOf } from './tree.js';

/** FreePBX's own FastAGI server stands at 4573. */
const FIRST_PORT = 4574;
const LAST_PORT = 4599;

export interface Settled {
  /** What the configuration file says now. */
  old: Map<string, string>;
  /** What it shall say where it says nothing. */
  wanted: Record<string, string>;
  /** The same for the dialplan's side. */
  values: Values;
}

/** The values of our configuration: those that are set stay. */
export async function settle(asked: Asked, system: System, before: Installed | null): Promise<Settled> {
  const { host, places } = asked;
  const old = readSettings(places.config);
  const amiUser = asked.amiUser || old.get('DIALHOOK_AMI_USER') || 'dialhook';
  if (before === null && system.ami.users.includes(amiUser))
    throw new Refusal(
      `the manager interface has a user ${amiUser} already, who is not ours: choose another name with --ami-user`,
    );
  const agiPort = asked.agiPort || Number(old.get('DIALHOOK_AGI_PORT')) || (await firstFree(host, before));
  const wanted = {
    DIALHOOK_PBX: asked.pbx,
    DIALHOOK_DATA_DIR: seen(places, places.data),
    DIALHOOK_AGI_PORT: String(agiPort),
    DIALHOOK_SPOOL_FILE: `${seen(places, places.spool)}/events.spool`,
    DIALHOOK_LISTS_FILE: system.exec ? `${seen(places, places.spool)}/lists.conf` : '',
    DIALHOOK_RECORDINGS: recordingsOf(asked, system),
    DIALHOOK_WEB_PORT: asked.webPort === 0 ? '' : String(asked.webPort),
    DIALHOOK_AMI_HOST: '127.0.0.1',
    DIALHOOK_AMI_PORT: String(system.ami.port),
    DIALHOOK_AMI_USER: amiUser,
    DIALHOOK_AMI_SECRET: old.get('DIALHOOK_AMI_SECRET') || host.secret(),
  };
  return { old, wanted, values: valuesOf(asked, old, wanted, system) };
}

/** Ours may listen already: then its port is in the configuration, and nobody looks here. */
async function firstFree(host: Host, before: Installed | null): Promise<number> {
  if (before !== null || !host.live) return FIRST_PORT;
  for (let port = FIRST_PORT; port <= LAST_PORT; port += 1) if (await host.portFree(port)) return port;
  throw new Refusal(`no port from ${FIRST_PORT} to ${LAST_PORT} is free: name one with --agi-port`);
}

/** What is to be done about the database; nothing when the configuration names one, or has none by intent. */
export async function databaseOf(asked: Asked, old: Map<string, string>, system: System): Promise<DatabasePlan> {
  const set = asked.database.url || old.get('DIALHOOK_DATABASE_URL') || '';
  const embedded = old.size > 0 && set === '';
  if (embedded) return { url: '', readUrl: '', made: null, act: null, notes: [] };
  return planDatabase(asked.places, asked.host, { ...asked.database, url: set }, system.kind === 'freepbx');
}

function valuesOf(
  { program }: Asked,
  old: Map<string, string>,
  wanted: Record<string, string>,
  system: System,
): Values {
  const { ami } = system;
  const set = (name: string) => old.get(name) || wanted[name] || '';
  return {
    PBX: set('DIALHOOK_PBX') || 'pbx1',
    AGI: `127.0.0.1:${set('DIALHOOK_AGI_PORT')}`,
    SPOOL: set('DIALHOOK_SPOOL_FILE'),
    // An empty one of the site switches them off. Without execincludes the line would only be a complaint at each reload.
    LISTS: system.exec ? (old.get('DIALHOOK_LISTS_FILE') ?? wanted['DIALHOOK_LISTS_FILE'] ?? '') : '',
    AMI_USER: set('DIALHOOK_AMI_USER'),
    AMI_SECRET: set('DIALHOOK_AMI_SECRET'),
    AMI_PORT: String(ami.port),
    DIALHOOK: program || '/usr/local/bin/dialhook',
    // Asterisk keeps one list for all its users: what the site has in it stays in it.
    CHANNELVARS: [...new Set([...ami.channelvars.split(',').map((one) => one.trim()), 'DH_CALL'])]
      .filter(Boolean)
      .join(','),
  };
}

/** Where FreePBX keeps recordings, unless its own setting leads elsewhere. They are read; nothing is deleted unless that is asked for. */
function recordingsOf({ places }: Asked, { kind, extensions }: System): string {
  if (kind !== 'freepbx') return '';
  const folder = settingOf(extensions, 'globals', 'MIXMON_DIR') || '/var/spool/asterisk/monitor';
  return existsSync(join(places.root, folder)) ? folder : '';
}

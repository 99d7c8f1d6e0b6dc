// What kind of system this is.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './host.js';
import { INCLUDE_LINES, type Kind } from './manifest.js';
import type { Places } from './places.js';
import { takeOut } from './text.js';
import { readTree, type Statement, settingOf, type Tree } from './tree.js';

export interface System {
  kind: Kind;
  /** Such as `17.0.28`; empty when it can't be told. */
  freepbx: string;
  /** Such as `22.10.1`; empty when it can't be told. */
  asterisk: string;
  /** This FreePBX calls its hooks by Macro(): 15 and 16. */
  macros: boolean;
  /** `execincludes` of asterisk.conf. */
  exec: boolean;
  /** The manager interface. */
  ami: { enabled: boolean; port: number; users: string[]; channelvars: string };
  /** The site's configuration as it is without us. */
  extensions: Tree;
  manager: Tree;
  queues: Tree;
}

const GENERATED = 'extensions_additional.conf';

export async function detect(places: Places, host: Host): Promise<System> {
  const { etc } = places;
  const generated = existsSync(join(etc, GENERATED)) ? readFileSync(join(etc, GENERATED), 'latin1') : '';
  const isFreepbx = existsSync(places.freepbxConf) || /FreePBX/.test(generated.slice(0, 2000));
  const asteriskConf = readTree(etc, 'asterisk.conf');
  const extensions = without(etc, 'extensions.conf');
  const manager = without(etc, 'manager.conf');
  const queues = without(etc, 'queues.conf');
  return {
    kind: isFreepbx ? 'freepbx' : 'bare',
    freepbx: isFreepbx ? await freepbxVersion(places, host, generated) : '',
    asterisk: await asteriskVersion(host),
    macros: /^exten\s*=>.*,Macro\(/m.test(generated),
    exec: /^(yes|true|y|t|1|on)$/i.test(settingOf(asteriskConf, 'options', 'execincludes') ?? ''),
    ami: {
      enabled: /^(yes|true|y|t|1|on)$/i.test(settingOf(manager, 'general', 'enabled') ?? ''),
      port: Number(settingOf(manager, 'general', 'port') ?? 5038) || 5038,
      users: [...new Set(manager.statements.map(({ section }) => section))].filter((name) => name !== 'general'),
      channelvars: settingOf(manager, 'general', 'channelvars') ?? '',
    },
    extensions,
    manager,
    queues,
  };
}

/** The configuration as it would be without our lines: what we ourselves put in must not look like the site's. */
function without(etc: string, name: string): Tree {
  const instead = new Map<string, string>();
  for (const file of readTree(etc, name).files) {
    const path = join(etc, file);
    if (existsSync(path)) instead.set(file, takeOut(readFileSync(path, 'latin1'), INCLUDE_LINES));
  }
  return readTree(etc, name, instead);
}

async function freepbxVersion(places: Places, host: Host, generated: string): Promise<string> {
  const webroot = /^AMPWEBROOT\s*=>?\s*(\S+)/m.exec(generated)?.[1] ?? '/var/www/html';
  const module = join(places.root, webroot, 'admin/modules/framework/module.xml');
  const said = existsSync(module) ? /<version>([^<]+)<\/version>/.exec(readFileSync(module, 'utf8'))?.[1] : undefined;
  if (said !== undefined) return said.trim();
  if (host.live) {
    const version = /\d+\.\d+\.\d+[.\d]*/.exec((await host.run('fwconsole', ['--version'])).out)?.[0];
    if (version !== undefined) return version;
  }
  // What it generates tells at least which half of the versions it is.
  if (generated === '') return '';
  return /^exten\s*=>.*,Macro\(/m.test(generated) ? '15 or 16' : '17';
}

async function asteriskVersion(host: Host): Promise<string> {
  if (!host.live) return '';
  return /Asterisk (?:certified\/)?(\d+[\w.-]*)/.exec((await host.run('asterisk', ['-V'])).out)?.[1] ?? '';
}

/** Who else has an extension of a context: the site's own files, not what FreePBX generates or ships. */
export const siteOwn = (system: System, context: string): Statement[] =>
  system.extensions.statements.filter(
    ({ section, file }) =>
      section === context &&
      !file.endsWith('_additional.conf') &&
      !(system.kind === 'freepbx' && file === 'extensions.conf'),
  );

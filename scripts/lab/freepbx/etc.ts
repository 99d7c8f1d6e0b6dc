// A complete /etc/asterisk of a FreePBX 16 or 17, as such a system has it: what FreePBX generated (test/freepbx/fixtures), the
// fixed files that take the generated ones in, and the custom places that belong to the site.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from '../asterisk-conf.js';
import { dialplanOf } from './fixed.js';
import { customFiles, fixedFiles } from './layout.js';

export type FreepbxVersion = '16' | '17';

export interface FreepbxEtcOptions {
  /** What the site wrote into its own places, by file name: `extensions_custom.conf`, … They are empty unless said. */
  custom?: Files;
  /** Password of a phone (`101`), of the `trunk`, the `manager` and the `database`; random unless said. */
  secretOf?: (whose: string) => string;
}

const FIXTURES = fileURLToPath(new URL('../../../test/freepbx/fixtures', import.meta.url));

/** The AstDB of that system: family/key and value. */
export function freepbxAstdb(version: FreepbxVersion): [string, string][] {
  return readFixture(version, 'astdb.txt')
    .split('\n')
    .filter((line) => line.startsWith('/'))
    .map((line) => {
      const colon = line.indexOf(' :');
      return [line.slice(1, colon).trim(), line.slice(colon + 2).trim()];
    });
}

/** Every file of that system's /etc/asterisk, by name. */
export function freepbxEtc(version: FreepbxVersion, options: FreepbxEtcOptions = {}): Files {
  const made = new Map<string, string>();
  const random = (whose: string) => {
    const secret = made.get(whose) ?? randomBytes(16).toString('hex');
    made.set(whose, secret);
    return secret;
  };
  const secretOf = options.secretOf ?? random;
  const generated = Object.fromEntries(
    readdirSync(join(FIXTURES, version))
      .filter((name) => name.endsWith('.conf'))
      .map((name) => [name, withSecrets(readFixture(version, name), secretOf)]),
  );
  return {
    ...fixedFiles(secretOf, dialplanOf(readFixture(version, 'fixed-dialplan.txt'))),
    ...customFiles(),
    ...generated,
    ...options.custom,
  };
}

/**
 * Writes that /etc/asterisk into `dir`, which is made if it is not there.
 * @returns the names of the files, sorted.
 */
export async function writeFreepbxEtc(
  dir: string,
  version: FreepbxVersion,
  options: FreepbxEtcOptions = {},
): Promise<string[]> {
  const files = freepbxEtc(version, options);
  await mkdir(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text, { mode: 0o640 });
  return Object.keys(files).sort();
}

const readFixture = (version: FreepbxVersion, name: string) => readFileSync(join(FIXTURES, version, name), 'utf8');

/** The fixtures hold the word REPLACED where a password was; whose it is stands in the line itself or in its section. */
function withSecrets(text: string, secretOf: (whose: string) => string): string {
  let section = '';
  return text
    .split('\n')
    .map((line) => {
      section = /^\[([^\]]+)\]/.exec(line)?.[1] ?? section;
      if (!line.includes('REPLACED')) return line;
      return line.replace('REPLACED', secretOf(owner(line, section)));
    })
    .join('\n');
}

function owner(line: string, section: string): string {
  if (line.startsWith('AMPMGRPASS')) return 'manager';
  if (line.startsWith('AMPDBPASS')) return 'database';
  const phone = /^(\d+)-auth$/.exec(section)?.[1];
  return phone ?? 'trunk';
}

// Where a runnable Asterisk stands and how it is started: with its own suite's loader and libraries, which may be newer
// or older than this machine's.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './process.js';

export type AsteriskVersion = '16' | '22';

export interface AsteriskTree {
  version: AsteriskVersion;
  root: string;
  /** Folder of the *.so modules. */
  modules: string;
  /** Program and first arguments of `asterisk …`. */
  command: [string, ...string[]];
}

const FETCH_MS = 10 * 60_000;

/** The version the environment asks for (DIALHOOK_AST=16 or 22), or 22. @throws Error for any other value. */
export function wantedVersion(env: NodeJS.ProcessEnv = process.env): AsteriskVersion {
  const wanted = env['DIALHOOK_AST'] || '22';
  if (wanted !== '16' && wanted !== '22') throw new Error(`DIALHOOK_AST is "${wanted}"; it can be 16 or 22`);
  return wanted;
}

/** The unpacked Asterisk, fetched into the cache when it is not there yet. @throws Error with what the fetch said. */
export async function asteriskTree(version: AsteriskVersion): Promise<AsteriskTree> {
  const script = fileURLToPath(new URL('../fetch-asterisk.sh', import.meta.url));
  const said = await run(`fetch-asterisk ${version}`, script, [version], { timeoutMs: FETCH_MS });
  const root = said.trim().split('\n').at(-1) ?? '';
  const libraries = firstWith(root, ['lib', 'usr/lib'], 'libc.so.6');
  const triple = libraries.split('/').at(-1) ?? '';
  const loader = readdirSync(libraries).find((name) => /^ld-(linux.*\.so\.\d+|2\.\d+\.so)$/.test(name));
  if (loader === undefined) throw new Error(`${libraries} holds no loader; remove ${root} and run "make setup" again`);
  const path = [join(root, 'lib', triple), join(root, 'usr/lib', triple), join(root, 'usr/lib')].join(':');
  const modules = [join(root, 'usr/lib', triple, 'asterisk/modules'), join(root, 'usr/lib/asterisk/modules')].find(
    existsSync,
  );
  if (modules === undefined) throw new Error(`${root} holds no Asterisk modules; remove it and run "make setup" again`);
  return {
    version,
    root,
    modules,
    command: [join(libraries, loader), '--library-path', path, join(root, 'usr/sbin/asterisk')],
  };
}

function firstWith(root: string, folders: string[], file: string): string {
  for (const folder of folders) {
    const at = join(root, folder);
    if (!existsSync(at)) continue;
    const triple = readdirSync(at).find((name) => name.includes('-linux-gnu') && existsSync(join(at, name, file)));
    if (triple !== undefined) return join(at, triple);
  }
  throw new Error(`${root} holds no ${file}; remove it and run "make setup" again`);
}

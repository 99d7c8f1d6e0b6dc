// Where the files beside the code are: the same tree whether it runs from src/ or from dist/src/.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder that holds views/ and public/. Throws with the place it looked from when there is none. */
export function projectRoot(from: string = import.meta.dirname): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'views')) && existsSync(join(dir, 'public'))) return dir;
    if (dir === dirname(dir)) throw new Error(`no folder with views/ and public/ above ${from}; install Dialhook anew`);
  }
}

/** The folder of an installed package. */
export function packageDir(name: string): string {
  const require = createRequire(import.meta.url);
  for (const base of require.resolve.paths(name) ?? []) if (existsSync(join(base, name))) return join(base, name);
  throw new Error(`package ${name} is not installed; run npm install`);
}

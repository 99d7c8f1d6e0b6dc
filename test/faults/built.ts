// The server as it is installed: compiled, so that a start costs a second and not six. A folder of its own, which nobody else
// builds into while a campaign of hours runs.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../scripts/lab/process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUT = 'dist-faults';
const MAIN = join(ROOT, OUT, 'src/main.js');

let built: Promise<string> | null = null;

/** Compiles src/ into dist-faults/ when something in it is newer; gives the path of the program. @throws Error with what the compiler says. */
export function builtServer(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const newest = Math.max(
    ...readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).map(
      (name) => statSync(join(ROOT, 'src', name)).mtimeMs,
    ),
  );
  if (existsSync(MAIN) && statSync(MAIN).mtimeMs > newest) return MAIN;
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await run('tsc', process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', OUT], {
    cwd: ROOT,
    timeoutMs: 120_000,
  });
  return MAIN;
}

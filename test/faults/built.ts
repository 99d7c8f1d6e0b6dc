// The server as it is installed: compiled, so that a start costs a second and not six. A folder of its own, which nobody else
// builds into while a campaign of hours runs.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../scripts/lab/process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const built = new Map<string, Promise<string>>();

/** Compiles src/ into `folder` when something in it is newer, with `more` options of tsc; gives the path of the program. @throws Error with what the compiler says. */
export function builtServer(folder = 'dist-faults', more: readonly string[] = []): Promise<string> {
  const making = built.get(folder) ?? build(folder, more);
  built.set(folder, making);
  return making;
}

async function build(folder: string, more: readonly string[]): Promise<string> {
  const main = join(ROOT, folder, 'src/main.js');
  const newest = Math.max(
    ...readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).map(
      (name) => statSync(join(ROOT, 'src', name)).mtimeMs,
    ),
  );
  if (existsSync(main) && statSync(main).mtimeMs > newest) return main;
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await run('tsc', process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', folder, ...more], {
    cwd: ROOT,
    timeoutMs: 120_000,
  });
  return main;
}

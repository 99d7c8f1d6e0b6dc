// The suite "lint": each check of the sources counts as one test.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../lab/process.js';
import type { Result } from './suite.js';

const LIMIT_MS = 180_000;
const scripts = () => readdirSync('scripts').filter((name) => name.endsWith('.sh'));

const CHECKS: { title: string; command: () => [string, ...string[]] }[] = [
  { title: 'style (biome)', command: () => ['node_modules/.bin/biome', 'check', '--max-diagnostics=50'] },
  { title: 'types (tsc)', command: () => ['node_modules/.bin/tsc', '--noEmit', '-p', '.'] },
  {
    title: 'shell scripts (bash -n)',
    command: () => ['bash', '-n', ...scripts().map((name) => join('scripts', name))],
  },
];

/** Runs every check, also after one has failed. */
export async function runLint(print: (line: string) => void): Promise<Result> {
  const started = performance.now();
  const result: Result = { suite: 'lint', passed: 0, failures: [], unstable: [], skipped: [], seconds: 0 };
  for (const { title, command } of CHECKS) {
    const [program, ...args] = command();
    try {
      await run(title, program, args, { timeoutMs: LIMIT_MS });
      result.passed++;
      print(`    ${title}: passed`);
    } catch (error) {
      result.failures.push({ title, file: '', text: error instanceof Error ? error.message : String(error) });
      print(`    FAILED: ${title}`);
    }
  }
  result.seconds = (performance.now() - started) / 1000;
  return result;
}

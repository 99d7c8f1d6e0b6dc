// Runs the given test files in this process by mocha and tells the runner of each test. Started by suite.ts.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import Mocha from 'mocha';
import { type Note, writeNote } from './note.js';

/** A process that has not ended so long after its last test holds something open. */
const LEAK_MS = Number(process.env['DIALHOOK_LEAK_MS'] || 15_000);

const tell = (note: Note) => process.stdout.write(writeNote(note));
const fileOf = (test: Mocha.Runnable | Mocha.Suite) => relative(process.cwd(), test.file ?? test.parent?.file ?? '');

/** What the test says itself (a story is played before its test asks for it), else what mocha measured. */
const secondsOf = (test: Mocha.Runnable & { seconds?: number }) => test.seconds ?? (test.duration ?? 0) / 1000;

class Teller {
  constructor(runner: Mocha.Runner) {
    runner.on('test', (test) => tell({ kind: 'test', file: fileOf(test), title: test.fullTitle() }));
    runner.on('pass', (test) =>
      tell({ kind: 'pass', file: fileOf(test), title: test.fullTitle(), seconds: secondsOf(test) }),
    );
    runner.on('pending', (test) => tell({ kind: 'pending', file: fileOf(test), title: test.fullTitle() }));
    runner.on('fail', (test, error) =>
      tell({
        kind: 'fail',
        file: fileOf(test),
        title: test.fullTitle(),
        text: textOf(error),
        seconds: secondsOf(test),
      }),
    );
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { actual, expected, showDiff } = error as Error & { actual?: unknown; expected?: unknown; showDiff?: boolean };
  const stack = (error.stack ?? error.message).split('\n').filter((line) => !/node_modules|node:internal/.test(line));
  if (showDiff !== true || expected === undefined) return stack.join('\n');
  const show = (value: unknown) =>
    (typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)) ?? String(value);
  return [...stack, `expected: ${show(expected)}`, `actual:   ${show(actual)}`].join('\n');
}

const settings = JSON.parse(readFileSync('.mocharc.json', 'utf8')) as Mocha.MochaOptions;
const { timeout, slow, forbidOnly } = settings;
const mocha = new Mocha({
  timeout,
  slow,
  forbidOnly,
  reporter: Teller as unknown as Mocha.ReporterConstructor,
} as Mocha.MochaOptions);
// Mocha itself would take them by require() where Node can, and the product is made of modules: no import.meta, no top-level await.
for (const file of process.argv.slice(2)) {
  mocha.suite.emit('pre-require', globalThis, file, mocha);
  mocha.suite.emit('require', await import(pathToFileURL(file).href), file, mocha);
  mocha.suite.emit('post-require', globalThis, file, mocha);
}
const failures = await new Promise<number>((resolve) => {
  mocha.run(resolve);
});
process.exitCode = failures > 0 ? 1 : 0;
tell({ kind: 'end' });
setTimeout(() => {
  tell({ kind: 'leak', resources: process.getActiveResourcesInfo() });
  process.exit(1);
}, LEAK_MS).unref();

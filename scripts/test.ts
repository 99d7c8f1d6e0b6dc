// The test run: node --import tsx scripts/test.ts [suite | file]…   With no argument every suite runs, lint among them.
// Ends with the line "N passed, N failed, N skipped".
import { onLeaving } from './lab/leaving.js';
import { playAgain, UNSTABLE_FILES } from './test/again.js';
import { runLint } from './test/lint.js';
import { exitStatus, formatReport, type Missing } from './test/report.js';
import { type Result, runSuite } from './test/suite.js';
import { filesOf, SUITES, type Suite } from './test/suites.js';

const USAGE = `usage: node --import tsx scripts/test.ts [suite | file]…
  suites: lint, ${SUITES.map((suite) => suite.name).join(', ')}; none named: all of them
  files:  only these, in the suites they belong to (or the named ones)
`;

/** The whole run ends within 25 minutes, set-up included: what is left of this is the most a suite may take. */
const WHOLE_SECONDS = 24 * 60;
const left = () => Math.max(1, Math.round(WHOLE_SECONDS - performance.now() / 1000));

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(args: string[]): Promise<number> {
  const [files, names] = [
    args.filter((arg) => arg.endsWith('.test.ts')),
    args.filter((arg) => !arg.endsWith('.test.ts')),
  ];
  const unknown = names.find((name) => name !== 'lint' && SUITES.every((suite) => suite.name !== name));
  if (unknown !== undefined) {
    process.stderr.write(`"${unknown}" is no suite\n${USAGE}`);
    return 2;
  }
  const wanted = (name: string) => names.length === 0 || names.includes(name);
  const [results, missing]: [Result[], Missing[]] = [[], []];
  if (wanted('lint') && files.length === 0) {
    print('\nlint');
    results.push(await runLint(print));
  }
  for (const suite of SUITES.filter(({ name }) => wanted(name))) {
    const own = filesOf(suite).filter((file) => files.length === 0 || files.includes(file));
    if (own.length === 0 && files.length > 0) continue;
    print(`\n${suite.name}`);
    const reason = await lacks(suite.need);
    if (reason === null) results.push(await play(suite, own, UNSTABLE_FILES - unstableFiles(results)));
    else missing.push({ suite: suite.name, reason, files: own.length });
    if (reason !== null) print(`    NOT RUN: ${reason}`);
  }
  const ci = process.env['CI'] === 'true';
  print(formatReport(results, missing, ci));
  if (results.length + missing.length === 0) {
    // Names that choose nothing, such as a file that is in none of the named suites: green would be a lie.
    console.error('No test was chosen: the named files are in none of the named suites.');
    return 2;
  }
  return exitStatus(results, missing, ci);
}

const unstableFiles = (results: Result[]) =>
  new Set(results.flatMap(({ unstable }) => unstable.map(({ file }) => file))).size;

async function play(suite: Suite, files: string[], allowed: number): Promise<Result> {
  const limitSeconds = Math.min(suite.limitSeconds, left());
  const run = { ...suite, suite: suite.name, files, limitSeconds, print };
  const result = await runSuite(run);
  if (suite.again) await playAgain(run, result, allowed, left);
  const unstable = result.unstable.length === 0 ? '' : `, ${result.unstable.length} of them only when played again`;
  print(
    `    ${suite.name}: ${result.passed} passed${unstable}, ${result.failures.length} failed, ${result.seconds.toFixed(1)} s`,
  );
  return result;
}

async function lacks(need: () => unknown): Promise<string | null> {
  try {
    await need();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

onLeaving(async () => print('\ninterrupted; what was started is being stopped'));
process.exitCode = await main(process.argv.slice(2));

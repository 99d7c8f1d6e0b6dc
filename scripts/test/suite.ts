// Runs the files of one suite by mocha in a process of its own, with a time limit, and counts.
import { startChild } from '../lab/process.js';
import { within } from '../lab/wait.js';
import { type Note, readNote } from './note.js';
import { shareOut } from './shares.js';

export interface Failure {
  title: string;
  file: string;
  text: string;
}

export interface Result {
  suite: string;
  passed: number;
  failures: Failure[];
  /** Tests that failed at first and held when their file was played again, alone (again.ts); they count as passed. */
  unstable: Failure[];
  skipped: string[];
  seconds: number;
}

export interface SuiteRun {
  suite: string;
  files: string[];
  env: Record<string, string>;
  limitSeconds: number;
  /** Processes that share the files; 1 unless said. */
  jobs?: number;
  print(line: string): void;
  /** Hears of each test as it ends, for those who want more than the counts. */
  onNote?(note: Note): void;
}

const RUNNER = new URL('mocha.ts', import.meta.url).pathname;

/** Never rejects: what goes wrong with the suite as a whole counts as a failure of it. */
export async function runSuite(run: SuiteRun): Promise<Result> {
  const started = performance.now();
  const result: Result = { suite: run.suite, passed: 0, failures: [], unstable: [], skipped: [], seconds: 0 };
  const shares = shareOut(run.files, run.jobs ?? 1);
  const wrong = (await Promise.all(shares.map((files) => follow({ ...run, files }, result)))).filter(
    (text) => text !== null,
  );
  const counted = result.passed + result.failures.length + result.skipped.length + wrong.length;
  if (run.files.length === 0) wrong.push('it has no file: nothing under test/ has its suffix');
  else if (counted === 0) wrong.push('its files hold no test');
  for (const text of wrong) result.failures.push({ title: `the suite ${run.suite} itself`, file: '', text });
  result.seconds = (performance.now() - started) / 1000;
  return result;
}

/** Fills the result from the notes of the process; gives what went wrong with the process itself. */
async function follow(run: SuiteRun, result: Result): Promise<string | null> {
  const { suite, files, env, limitSeconds, print } = run;
  const args = ['--import', 'tsx', RUNNER, ...files];
  const child = await startChild(suite, process.execPath, args, { env: { ...process.env, ...env } });
  const progress = createProgress(result, print);
  child.onLine((line) => {
    const note = readNote(line);
    if (note !== null) {
      progress.take(note);
      run.onNote?.(note);
    } else if (line.trim() !== '') print(`    | ${line}`);
  });
  const exit = await within(child.exited, limitSeconds * 1000, suite).catch(() => null);
  if (exit === null) await child.stop(5000);
  progress.close();
  if (exit === null) return `it took longer than ${limitSeconds} s; running was: ${progress.running()}`;
  if (progress.ended()) return null;
  return `it ended with ${exit.signal ?? exit.code} in the middle of: ${progress.running()}\n${tail(child.output())}`;
}

// The end of what the process wrote, without the notes.
const tail = (output: string) =>
  output
    .split('\n')
    .filter((line) => line !== '' && readNote(line) === null)
    .slice(-40)
    .join('\n');

function createProgress(result: Result, print: (line: string) => void) {
  let [file, passed, since, running, ended] = ['', 0, performance.now(), 'the load of the files', false];
  const close = () => {
    if (file !== '') print(`    ${file}: ${passed} passed, ${((performance.now() - since) / 1000).toFixed(1)} s`);
    [file, passed, since] = ['', 0, performance.now()];
  };
  const take = (note: Note) => {
    if ('file' in note && note.file !== file) {
      close();
      file = note.file;
    }
    if (note.kind === 'test') running = note.title;
    if (note.kind === 'pass') {
      passed++;
      result.passed++;
    }
    if (note.kind === 'pending') result.skipped.push(note.title);
    if (note.kind === 'fail') {
      result.failures.push(note);
      print(`    FAILED: ${note.title}`);
    }
    if (note.kind === 'end') {
      ended = true;
      running = 'nothing';
    }
    if (note.kind === 'leak') result.failures.push(leak(result.suite, note.resources));
  };
  return { take, close, ended: () => ended, running: () => running };
}

function leak(suite: string, resources: string[]): Failure {
  const kinds = [...new Set(resources)].map((kind) => `${kind} (${resources.filter((one) => one === kind).length})`);
  const text = `its tests are over, but the process does not end; something was not closed: ${kinds.join(', ')}`;
  return { title: `the suite ${suite} itself`, file: '', text };
}

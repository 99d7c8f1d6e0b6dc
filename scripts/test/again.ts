// What failed among real phones, servers, browsers and faults is played once more, its whole file, alone. Those tests hold the wall clock
// of a machine that others use too against the product; a failure that does not come back is told in full and counted apart, so
// that somebody looks for its cause, and too many of them fail the run.
import { type Failure, type Result, runSuite, type SuiteRun } from './suite.js';

/** So many files of a whole run may be unstable: one more, and it is the machine or the product, not the moment. */
export const UNSTABLE_FILES = 2;

/**
 * Plays the files of the failed tests again, one after the other.
 * @param result of the suite; a file that holds now has its failures moved from `failures` to `unstable`, its tests to `passed`
 * @param allowed files at most; if more have failed nothing is played and nothing changes
 * @param secondsLeft of the whole run
 */
export async function playAgain(run: SuiteRun, result: Result, allowed: number, secondsLeft: () => number) {
  const files = [...new Set(result.failures.map((failure) => failure.file))];
  // A failure without a file is one of the suite itself: it crashed, took too long, or left something open.
  if (files.length === 0 || files.length > allowed || files.includes('')) return;
  const started = performance.now();
  for (const file of files) {
    const mine = (failure: Failure) => failure.file === file;
    run.print(`    again, alone: ${file}`);
    const limitSeconds = Math.min(run.limitSeconds, secondsLeft());
    const again = await runSuite({ ...run, files: [file], jobs: 1, limitSeconds });
    if (again.failures.length > 0 || again.skipped.length > 0 || again.passed === 0) continue;
    const failed = result.failures.filter(mine);
    result.failures = result.failures.filter((failure) => !mine(failure));
    result.unstable.push(...failed);
    result.passed += failed.length;
  }
  result.seconds += (performance.now() - started) / 1000;
}

// Which process of a suite runs which files: the longest first, each to the process that has the least to do so far. Pure.

/** What a file takes that nobody has measured, seconds. */
const UNMEASURED = 4;

/**
 * Seconds that a file takes on a machine with nothing else to do, for those that take long. A number that is wrong, or of a file
 * that is gone, makes a run longer, never wrong.
 */
const SECONDS: Readonly<Record<string, number>> = {
  'test/stories/stories.pbx.test.ts': 102,
  'test/freepbx/stories.pbx.test.ts': 94,
  'test/simulator/truth.pbx.test.ts': 66,
  'test/freepbx/unchanged.pbx.test.ts': 57,
  'test/dialplan/strangers.pbx.test.ts': 47,
  'test/reconcile/centre.pbx.test.ts': 45,
  'test/stories/unseen.pbx.test.ts': 43,
  'test/dialplan/wrapup.pbx.test.ts': 42,
  'test/faults/manager.pbx.test.ts': 34,
  'test/dialplan/unwell.pbx.test.ts': 32,
  'test/stories/two-pbx.pbx.test.ts': 32,
  'test/serve/watchdog.pbx.test.ts': 28,
  'test/dialplan/fraud.pbx.test.ts': 25,
  'test/dialplan/ways.pbx.test.ts': 20,
  'test/serve/kill.pbx.test.ts': 18,
  'test/faults/dialplan.pbx.test.ts': 17,
  'test/reconcile/look.pbx.test.ts': 17,
  'test/reconcile/watch.pbx.test.ts': 15,
  'test/dialplan/hostile.pbx.test.ts': 14,
  'test/freepbx/install.pbx.test.ts': 14,
  'test/corpus/sip.pbx.test.ts': 12,
  'test/ami/ami.pbx.test.ts': 10,
  'test/lab/asterisk.pbx.test.ts': 10,
  'test/lists/lists.pbx.test.ts': 9,
  'test/dialplan/supervisor.pbx.test.ts': 8,
  'test/freepbx/doctor.pbx.test.ts': 8,
  'test/record/record.db.test.ts': 35,
  'test/record/joined.db.test.ts': 25,
  'test/serve/backup.db.test.ts': 21,
  'test/imports/kill.db.test.ts': 18,
  'test/serve/serve.db.test.ts': 18,
  'test/serve/private-log.db.test.ts': 17,
  'test/imports/queue-log.db.test.ts': 16,
  'test/store/snapshot.db.test.ts': 15,
  'test/serve/operations.db.test.ts': 13,
  'test/freepbx/screens.db.test.ts': 12,
  'test/record/days.db.test.ts': 12,
  'test/imports/cdr.db.test.ts': 11,
  'test/recordings/index.db.test.ts': 8,
  'test/cli/cli.program.test.ts': 15,
  'test/serve/spool.program.test.ts': 15,
  'test/serve/stop.program.test.ts': 13,
  'test/corpus/http.program.test.ts': 12,
  'test/freepbx/install.program.test.ts': 9,
  'test/lab/suite.program.test.ts': 8,
  'test/web/hostile.program.test.ts': 8,
  'test/faults/nemeses.faults.test.ts': 241,
  'test/faults/sweeps.faults.test.ts': 27,
  'test/browser/looks.browser.test.ts': 96,
  'test/browser/monitor.browser.test.ts': 135,
  'test/browser/workstation.browser.test.ts': 70,
  'test/corpus/pages.browser.test.ts': 16,
  'test/serve/pictures.browser.test.ts': 13,
  'test/serve/loop.browser.test.ts': 16,
  'test/lab/demo.browser.test.ts': 78,
  'test/stories/stories.test.ts': 5,
  'test/record/clock.test.ts': 4,
  'test/web/story.test.ts': 4,
};

/** Most of the files of the suite "unit" take a fifth of a second. */
const UNIT = 0.3;
const known = (file: string) => SECONDS[file] ?? (/\.\w+\.test\.ts$/.test(file) ? UNMEASURED : UNIT);

/** The files for `jobs` processes or fewer, no process without a file. */
export function shareOut(files: readonly string[], jobs: number, secondsOf = known): string[][] {
  const shares = Array.from({ length: jobs }, () => ({ files: [] as string[], seconds: 0 }));
  const longestFirst = [...files].sort((a, b) => secondsOf(b) - secondsOf(a));
  for (const file of longestFirst) {
    const least = shares.reduce((best, share) => (share.seconds < best.seconds ? share : best));
    least.files.push(file);
    least.seconds += secondsOf(file);
  }
  return shares.map((share) => share.files.sort()).filter((share) => share.length > 0);
}

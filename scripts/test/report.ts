// What the test run says at its end: failures in full, what did not run, a table, and the closing line. Pure.
import type { Result } from './suite.js';

/** A suite that could not run, and why. Its files count as skipped. */
export interface Missing {
  suite: string;
  reason: string;
  files: number;
}

/** Sums over everything. */
export function totals(results: Result[], missing: Missing[]): { passed: number; failed: number; skipped: number } {
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  return {
    passed: sum(results.map((r) => r.passed)),
    failed: sum(results.map((r) => r.failures.length)),
    skipped: sum([...results.map((r) => r.skipped.length), ...missing.map((m) => Math.max(1, m.files))]),
  };
}

/** The whole report; its last line is the closing line, alone. */
export function formatReport(results: Result[], missing: Missing[], ci: boolean): string {
  const { passed, failed, skipped } = totals(results, missing);
  const failures = results.flatMap(({ suite, failures }) =>
    failures.map(
      ({ title, file, text }) => `\nFAILED ${suite}: ${title}${file === '' ? '' : `\n  ${file}`}\n${indent(text)}`,
    ),
  );
  const unstable = results.flatMap(({ suite, unstable }) =>
    unstable.map(
      ({ title, file, text }) => `\nUNSTABLE ${suite}: ${title}, held when played again\n  ${file}\n${indent(text)}`,
    ),
  );
  const pending = results.flatMap(({ suite, skipped }) => skipped.map((title) => `SKIPPED ${suite}: ${title}`));
  const absent = missing.map(({ suite, reason }) => `NOT RUN: the suite ${suite}: ${reason}`);
  const rule = ci && skipped > 0 && failed === 0 ? ['CI=true: a run that skips anything has failed.'] : [];
  return [
    ...unstable,
    ...failures,
    '',
    ...pending,
    ...absent,
    ...rule,
    '',
    ...table(results),
    '',
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ].join('\n');
}

/** 0 when all is well. Under CI a skipped test or suite is a failure. */
export function exitStatus(results: Result[], missing: Missing[], ci: boolean): 0 | 1 {
  const { passed, failed, skipped } = totals(results, missing);
  return failed > 0 || passed === 0 || (ci && skipped > 0) ? 1 : 0;
}

function table(results: Result[]): string[] {
  const rows = results.map((r) =>
    [r.suite, r.passed, r.failures.length, r.skipped.length, r.seconds.toFixed(1)].map(String),
  );
  const all = [['suite', 'passed', 'failed', 'skipped', 'seconds'], ...rows];
  return all.map(([name = '', ...numbers]) => name.padEnd(10) + numbers.map((text) => text.padStart(9)).join(''));
}

const indent = (text: string) =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

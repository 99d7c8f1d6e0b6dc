import { expect } from 'chai';
import { exitStatus, formatReport } from '../../scripts/test/report.js';
import type { Result } from '../../scripts/test/suite.js';

const good: Result = { suite: 'unit', passed: 12, failures: [], unstable: [], skipped: [], seconds: 1.24 };
const bad: Result = {
  suite: 'db',
  passed: 3,
  failures: [{ title: 'counts', file: 'test/a.db.test.ts', text: 'expected 1\n  to be 2' }],
  unstable: [],
  skipped: ['is not ready'],
  seconds: 20,
};
const absent = { suite: 'browser', reason: '/usr/bin/chromium is not installed', files: 4 };

describe('test run: report', () => {
  it('ends with the counts, alone on the last line', () => {
    expect(formatReport([good], [], false).split('\n').at(-1)).to.equal('12 passed, 0 failed, 0 skipped');
    expect(formatReport([good, bad], [absent], false).split('\n').at(-1)).to.equal('15 passed, 1 failed, 5 skipped');
  });

  it('shows failures in full, what was skipped and what could not run', () => {
    const text = formatReport([good, bad], [absent], false);
    expect(text).to.include('FAILED db: counts\n  test/a.db.test.ts\n  expected 1\n    to be 2');
    expect(text).to.include('SKIPPED db: is not ready');
    expect(text).to.include('NOT RUN: the suite browser: /usr/bin/chromium is not installed');
    expect(text).to.match(/unit +12 +0 +0 +1\.2\n/);
  });

  it('shows in full what held only when played again', () => {
    const shaky = { ...good, unstable: [{ title: 'rings', file: 'test/a.pbx.test.ts', text: 'waited 5000 ms' }] };
    const text = formatReport([shaky], [], true);
    expect(text).to.include('UNSTABLE unit: rings, held when played again\n  test/a.pbx.test.ts\n  waited 5000 ms');
    expect(exitStatus([shaky], [], true)).to.equal(0);
  });

  it('is a failure when something failed, or nothing ran at all', () => {
    expect(exitStatus([good], [], false)).to.equal(0);
    expect(exitStatus([good, bad], [], false)).to.equal(1);
    expect(exitStatus([], [absent], false)).to.equal(1);
  });

  it('is a failure under CI when anything was skipped', () => {
    expect(exitStatus([good], [absent], false)).to.equal(0);
    expect(exitStatus([good], [absent], true)).to.equal(1);
    expect(formatReport([good], [absent], true)).to.include('CI=true: a run that skips anything has failed.');
  });
});

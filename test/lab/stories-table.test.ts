// What `make stories` says at its end: nothing may be hidden in it.
import { expect } from 'chai';
import { type Cell, exitCode, formatTable, type Report, type Row } from '../../scripts/stories/table.js';

const ok: Cell = { state: 'ok', seconds: 1.234, text: '' };
const failed: Cell = { state: 'FAILED', seconds: 12, text: 'a row is wrong\nand why' };
const all: Row['cells'] = { fold: ok, shuffled: ok, '16': ok, '22': ok };
const row = (cells: Row['cells'], only = ''): Row => ({ file: '07-queue.txt', title: 'A queue', only, cells });
const reportOf = (rows: Row[], more: Partial<Report> = {}): Report => ({
  ...{ rows, whole: [], missing: [], seconds: 60 },
  ...more,
});
const lines = (report: Report, ci = false) => formatTable(report, ci).split('\n');

describe('the table of the stories', () => {
  it('has a column a place and a line of totals', () => {
    const report = reportOf([row(all)]);
    expect(lines(report)).to.include.members([
      'story     fold       shuffled   Asterisk 16  Asterisk 22',
      '07-queue  ok 1.23 s  ok 1.23 s  ok 1.23 s    ok 1.23 s',
    ]);
    expect(lines(report).at(-1)).to.equal('1 stories, 4 ok, 0 failed, 60 s');
    expect(exitCode(report, true)).to.equal(0);
  });

  it('says why a story is only on the fold, and does not count that as a failure', () => {
    const report = reportOf([row({ fold: ok, shuffled: ok }, 'sixteen hours')]);
    expect(lines(report)).to.include('07-queue  ok 1.23 s  ok 1.23 s  only on the fold: sixteen hours');
    expect(lines(report).at(-1)).to.equal('1 stories, 1 of them only on the fold, 2 ok, 0 failed, 60 s');
    expect(exitCode(report, true)).to.equal(0);
  });

  it('shows a failure in full, and fails', () => {
    const report = reportOf([row({ ...all, '22': failed })]);
    expect(formatTable(report, false)).to.include('FAILED Asterisk 22: 07-queue.txt\n  a row is wrong\n  and why\n');
    expect(lines(report).at(-1)).to.equal('1 stories, 3 ok, 1 failed, 60 s');
    expect(exitCode(report, false)).to.equal(1);
  });

  it('fails when a story left no result where it should have', () => {
    for (const place of ['fold', 'shuffled', '16', '22'] as const) {
      const cells = { ...all };
      delete cells[place];
      const report = reportOf([row(cells)]);
      expect(formatTable(report, false)).to.include('NOT TRIED');
      expect(exitCode(report, false), place).to.equal(1);
    }
  });

  it('fails for what must hold over all stories', () => {
    const report = reportOf([row(all)], { whole: [{ title: 'every field', place: '16', cell: failed }] });
    expect(formatTable(report, false)).to.include('FAILED Asterisk 16: every field');
    expect(exitCode(report, false)).to.equal(1);
  });

  it('names a PBX that is missing; under CI that is a failure', () => {
    const { fold, shuffled } = all;
    const cells = { ...(fold && { fold }), ...(shuffled && { shuffled }), '22': ok };
    const report = reportOf([row(cells)], { missing: [{ place: '16', reason: '"make setup" installs it' }] });
    expect(lines(report)).to.include('NOT RUN: Asterisk 16: "make setup" installs it');
    expect(lines(report)).to.include('07-queue  ok 1.23 s  ok 1.23 s  not run      ok 1.23 s');
    expect(exitCode(report, false)).to.equal(0);
    expect(exitCode(report, true)).to.equal(1);
    expect(formatTable(report, true)).to.include('CI=true: a PBX that is missing is a failure.');
  });
});

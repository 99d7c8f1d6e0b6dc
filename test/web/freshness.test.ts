import { expect } from 'chai';
import type { Status } from '../../src/web/deps.js';
import { freshness, journalWord } from '../../src/web/freshness.js';
import { busyDay } from './fixtures.js';

const NOW = 1_763_000_000_000;
const status = (change: Partial<Status> = {}): Status => ({
  ...{ database: { up: true }, pbx: { up: true }, journal: { lag: 0, behind: 0 } },
  ...change,
});
const look = (age: number | null, failing: number | null, state: Status = status()) =>
  freshness(age === null ? null : busyDay(NOW - age), failing, state, NOW);

describe('freshness', () => {
  it('is fine when the snapshot is young', () => {
    expect(look(400, null)).to.deep.equal({ dataAt: NOW - 400, why: 'fine', pbx: 'up', lag: 0, journal: null });
  });

  it('tells a start from a failure', () => {
    expect(look(null, null).why).to.equal('starting');
    expect(look(null, NOW - 9_000).why).to.equal('reading');
    expect(look(null, NOW - 9_000, status({ database: { up: false } })).why).to.equal('database');
  });

  it('tells a database that is down from tables that can not be read', () => {
    expect(look(5_000, NOW - 4_000).why).to.equal('reading');
    expect(look(5_000, NOW - 4_000, status({ database: { up: false } })).why).to.equal('database');
    expect(look(5_000, null).why).to.equal('reading');
    expect(look(800, null, status({ database: { up: false } })).why).to.equal('fine');
  });

  it('counts events that wait as age: a fresh read of old tables is old', () => {
    const behind = look(300, null, status({ journal: { lag: 340, behind: 12_000 } }));
    expect(behind).to.deep.equal({ dataAt: NOW - 12_300, why: 'behind', pbx: 'up', lag: 340, journal: null });
    expect(look(300, null, status({ journal: { lag: 2, behind: 300 } })).why).to.equal('fine');
  });

  it('tells of events that are lost or in danger, and never of none that it knows nothing of', () => {
    const told = (trouble?: NonNullable<Status['journal']['trouble']> | null) =>
      journalWord(
        look(300, null, status({ journal: { lag: 0, behind: 0, ...(trouble !== undefined && { trouble }) } })),
      );
    expect(told()).to.equal('');
    expect(told(null)).to.equal('');
    expect(told({ refused: false, kept: 0, dropped: 0, droppedAt: null })).to.equal('');
    expect(told({ refused: true, kept: 12, dropped: 0, droppedAt: null })).to.equal('1,12,0,');
    expect(told({ refused: false, kept: 0, dropped: 37, droppedAt: NOW })).to.equal(`0,0,37,${NOW}`);
  });

  it('says whether the PBX can be reached, or is not asked at all', () => {
    expect(look(0, null, status({ pbx: { up: false } })).pbx).to.equal('down');
    expect(look(0, null, status({ pbx: null })).pbx).to.equal('off');
  });
});

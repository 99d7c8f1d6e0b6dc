// What comes in quick succession goes into the tables together, and what comes alone at once.
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { until } from '../../scripts/lab/wait.js';
import { formatLine } from '../../src/call/event.js';
import { type Journal, openJournal } from '../../src/record/journal.js';
import { type RecordLoop, startLoop } from '../../src/record/loop.js';
import { restBetween } from '../../src/record/rest.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { MIGRATIONS } from '../store/migrations.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const never = new AbortController().signal;
const line = (n: number) =>
  formatLine({ v: 1, id: `e-${n}`, at: 1_768_464_000_000 + n, pbx: 'pbx1', call: 'c', event: 'nonsense' });

/** How long `act` took, ms. */
async function taken(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}

describe('the rest between two batches', () => {
  it('is none before the first one, none while there is more, and what is left of its length otherwise', async () => {
    const rest = restBetween(200);
    expect(await taken(() => rest.over(never))).to.be.lessThan(100);
    rest.begun();
    rest.ended(true);
    expect(await taken(() => rest.over(never))).to.be.lessThan(100);
    const all = await taken(async () => {
      rest.begun();
      rest.ended(false);
      await rest.over(never);
    });
    expect(all).to.be.greaterThan(190);
  });

  it('ends when the loop is stopped', async () => {
    const rest = restBetween(60_000);
    rest.begun();
    rest.ended(false);
    const stop = new AbortController();
    const resting = taken(() => rest.over(stop.signal));
    stop.abort();
    expect(await resting).to.be.lessThan(10_000);
  });

  describe('in a loop that rests for a minute', () => {
    let folder: string;
    let db: Db;
    let journal: Journal;
    let loop: RecordLoop;
    let batches: number;

    before(async () => {
      folder = temporaryFolder('rest');
      db = openDatabase(`sqlite:${join(folder, 'test.sqlite')}`);
      await migrate(db, MIGRATIONS);
      journal = await openJournal(join(folder, 'journal'));
      batches = 0;
      loop = startLoop({ db, journal, server: 'one', log: quiet, gatherMs: 60_000 });
      loop.onApplied(() => {
        batches += 1;
      });
    });
    after(async () => {
      await journal.close();
      await db.close();
      removeFolder(folder);
    });
    const kept = () => loop.status().state?.rejected;

    it('applies the first line at once, and the rest in one batch when it is stopped', async () => {
      await journal.append(line(0), Date.now());
      await until(() => kept() === 1, { what: 'the first line to be in the tables', deadline: 10_000 });
      for (let n = 1; n <= 5; n += 1) await journal.append(line(n), Date.now());
      expect(kept()).to.equal(1);
      await loop.stop();
      expect(kept()).to.equal(6);
      expect(batches).to.equal(2);
    });
  });
});

// A loop with nothing to do sleeps.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { openJournal } from '../../src/record/journal.js';
import { startLoop } from '../../src/record/loop.js';
import { openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { MIGRATIONS } from '../store/migrations.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a loop that has applied everything', () => {
  it('reads the journal no more after a restart, when a new segment has begun that holds nothing yet', async () => {
    const folder = temporaryFolder('idle');
    const db = openDatabase(`sqlite:${join(folder, 'test.sqlite')}`);
    await migrate(db, MIGRATIONS);
    let reads = 0;
    const run = async (act: (append: (line: string) => Promise<void>) => Promise<void>) => {
      const journal = await openJournal(join(folder, 'journal'));
      const counted = {
        ...journal,
        read: (...args: Parameters<typeof journal.read>) => {
          reads += 1;
          // A loop without a pause would let no time-out of a test come to its turn.
          if (reads > 100) throw new Error('it reads on and on');
          return journal.read(...args);
        },
      };
      const loop = startLoop({ db, journal: counted, server: 'one', log: quiet });
      await act((line) => journal.append(line, Date.now()));
      await loop.settled(5000);
      reads = 0;
      await sleep(400);
      await loop.stop();
      await journal.close();
    };
    await run((append) => append('v=1&id=a&event=nonsense'));
    await run(async () => undefined);
    // The first read of the restart may fall into the counted time.
    expect(reads).to.be.lessThan(4);
    await db.close();
    removeFolder(folder);
  });
});

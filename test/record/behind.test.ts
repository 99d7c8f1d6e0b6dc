// A loop whose journal is behind takes more at once, and no less exactly.
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { formatLine } from '../../src/call/event.js';
import { type Journal, openJournal } from '../../src/record/journal.js';
import { startLoop } from '../../src/record/loop.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { rejectedSummary } from '../../src/store/events.js';
import { migrate } from '../../src/store/migrate.js';
import { MIGRATIONS } from '../store/migrations.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const T0 = Date.UTC(2026, 0, 15, 8, 0, 0);
const BATCH = { least: 5, most: 40, times: 2 };

/** Calls that are told one after the other, three events of each far apart: none is whole in one small batch. */
const lines = Array.from({ length: 150 }, (_, i) => {
  const [n, step] = [i % 50, Math.floor(i / 50)];
  const common = { v: 1, pbx: 'pbx1', uniqueid: `1700000000.${n}`, channel: `PJSIP/trunk-${n}` };
  const more = [
    { event: 'call', direction: 'in', from: '5550100', to: '5550199', trunk: 'trunk' },
    { event: 'menu', menu: 'main' },
    { event: 'end', side: 'caller', cause: '16' },
  ][step];
  return formatLine({ ...common, id: `e-${n}-${step}`, at: T0 + i * 100, call: `pbx1-${n}`, ...more });
});

describe('a loop whose journal is behind', () => {
  let folder: string;
  let db: Db;
  let journal: Journal;
  let asked: number[];

  beforeEach(async () => {
    folder = temporaryFolder('behind');
    db = openDatabase(`sqlite:${join(folder, 'test.sqlite')}`);
    await migrate(db, MIGRATIONS);
    journal = await openJournal(join(folder, 'journal'));
    asked = [];
    await Promise.all(lines.map((line) => journal.append(line, T0)));
  });
  afterEach(async () => {
    await journal.close();
    await db.close();
    removeFolder(folder);
  });

  const start = () => {
    const counted: Journal = {
      ...journal,
      read: (place, max) => {
        asked.push(max);
        return journal.read(place, max);
      },
    };
    return startLoop({ db, journal: counted, server: 'one', log: quiet, batch: BATCH });
  };
  const count = async (table: string) =>
    Number(((await db.knex(table).count({ n: '*' })) as { n: number }[])[0]?.n ?? 0);

  it('takes ever larger batches, and small ones again once it has caught up', async () => {
    const loop = start();
    await loop.settled(10_000);
    expect(asked.slice(0, 6)).to.deep.equal([5, 10, 20, 40, 40, 40]);
    expect(await count('events')).to.equal(150);
    expect(await count('cdr_calls')).to.equal(50);
    expect(await count('cdr_steps')).to.equal(50);
    expect(await count('rt_calls')).to.equal(0);
    expect(await count('rt_steps')).to.equal(0);
    asked.length = 0;
    await journal.append(formatLine({ v: 1, id: 'last', at: T0, pbx: 'pbx1', call: 'c', event: 'nonsense' }), T0);
    await loop.settled(10_000);
    await loop.stop();
    expect(Math.max(...asked)).to.equal(5);
    expect((await rejectedSummary(db)).count).to.equal(1);
  });

  it('finds the one record that spoils a large batch, and stores all others', async () => {
    await db.knex.raw(
      "CREATE TRIGGER spoiler BEFORE INSERT ON events WHEN NEW.id = 'e-3-1' BEGIN SELECT RAISE(ABORT, 'not this one'); END",
    );
    const loop = start();
    await loop.settled(10_000);
    await loop.stop();
    expect(loop.status().error).to.equal('');
    expect(await count('events')).to.equal(149);
    expect(await count('cdr_calls')).to.equal(50);
    const { count: kept, newest } = await rejectedSummary(db);
    expect(kept).to.equal(1);
    expect(newest[0]?.reason).to.match(/^the database refused it: .*not this one/);
    expect(newest[0]?.line).to.contain('id=e-3-1');
  });
});

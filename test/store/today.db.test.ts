import { expect } from 'chai';
import { formatLine } from '../../src/call/event.js';
import { applyBatch, newMemory } from '../../src/record/apply.js';
import { readToday } from '../../src/store/today.js';
import { allStories, T0 } from '../stories/story.js';
import { DIALECTS, emptyDatabase, type TestDb } from './databases.js';

for (const dialect of DIALECTS) {
  describe(`counts of the day on ${dialect}`, () => {
    let database: TestDb;
    beforeEach(async () => {
      database = await emptyDatabase(dialect);
    });
    afterEach(() => database.remove());

    it('count an operator who talked with two for one queue once, with the time of both', async () => {
      const events = allStories().find(({ file }) => file.startsWith('90-'))?.events ?? [];
      const lines = events.map((event) => formatLine({ ...event, v: 1 }));
      const state = { server: 'x', segment: 1, offset: 0, events: 0, repeated: 0, rejected: 0 };
      const records = lines.map((line) => ({ line, receivedAt: T0, refusal: '' }));
      await applyBatch(database.db, newMemory(), records, { ...state, lastEventAt: null, appliedAt: T0 });
      const { talks, queues } = await readToday(database.db, T0 - 1000);
      expect(talks).to.deep.equal({ n: 1, ms: 5600 + 7622 });
      expect(queues.get('sales')).to.include({ offered: 1, answered: 1 });
    });
  });
}

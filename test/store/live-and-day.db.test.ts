// The monitor and the operators' days are told from different rows: at each moment of a story they must say the same.
import { expect } from 'chai';
import { formatLine } from '../../src/call/event.js';
import { applyBatch, newMemory } from '../../src/record/apply.js';
import { snapshotReader } from '../../src/store/snapshot.js';
import { allStories, T0 } from '../stories/story.js';
import { emptyDatabase, type TestDb } from './databases.js';

/** Stories in which an operator has more than one channel at a time, or becomes part of a call otherwise than by its ring. */
const SEVERAL_LINES = /attended|pickup|park-retrieve|parked|call-waiting|click|two-in-one|supervisor/;
const START = {
  server: 'x',
  segment: 1,
  offset: 0,
  events: 0,
  repeated: 0,
  rejected: 0,
  lastEventAt: null,
  appliedAt: T0,
};

describe('the monitor and the days of operators', () => {
  let database: TestDb;
  beforeEach(async () => {
    database = await emptyDatabase('sqlite');
  });
  afterEach(() => database.remove());

  for (const { file, events } of allStories().filter((story) => SEVERAL_LINES.test(story.file))) {
    it(`say the same of everybody at each moment of ${file}`, async () => {
      const { db } = database;
      const memory = newMemory();
      const read = snapshotReader(db, 'UTC', () => Promise.resolve(0));
      for (const event of [...events].sort((a, b) => a.at - b.at)) {
        const record = { line: formatLine({ ...event, v: 1 }), receivedAt: event.at, refusal: '' };
        await applyBatch(db, memory, [record], START);
        const { operators } = await read(event.at);
        // Who never logged in is not on the monitor between calls.
        const live = operators
          .filter(({ state }) => state !== 'offline')
          .map(({ operator, state, call }) => `${operator} ${state} ${call}`);
        const rows = (await db
          .knex('operator_intervals')
          .whereNull('ended_at')
          .whereNot({ state: 'offline' })
          .select('operator', 'state', 'call_id')) as { operator: string; state: string; call_id: string }[];
        const day = rows.map((row) => `${row.operator} ${row.state} ${row.call_id}`);
        expect(live, `after ${event.event} of ${event.channel} at ${(event.at - T0) / 1000} s`).to.have.members(day);
      }
    });
  }
});

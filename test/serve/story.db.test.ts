// What the page of a call is given, on both databases.
import { expect } from 'chai';
import { type CallEvent, formatLine } from '../../src/call/event.js';
import { applyBatch, newMemory } from '../../src/record/apply.js';
import { readStory } from '../../src/serve/story.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';
import { allStories, T0 } from '../stories/story.js';

for (const dialect of DIALECTS) {
  describe(`the story of a call on ${dialect}`, function () {
    this.timeout(120_000);
    let database: TestDb;
    const story = allStories().find((one) => one.file.startsWith('81-'));
    const events = story?.events ?? [];
    const root = events[0]?.call ?? '';
    const start = {
      ...{ server: 'x', segment: 1, offset: 0, events: 0, repeated: 0, rejected: 0 },
      ...{ lastEventAt: null, appliedAt: T0 },
    };
    const apply = (some: readonly CallEvent[]) =>
      applyBatch(
        database.db,
        newMemory(),
        some.map((e) => ({ line: formatLine({ ...e, v: 1 }), receivedAt: e.at, refusal: '' })),
        start,
      );

    beforeEach(async () => {
      database = await emptyDatabase(dialect);
    });
    afterEach(() => database.remove());

    it('a finished one: from its rows, with the events of all its calls, by the id of any of them', async () => {
      await apply(events);
      for (const id of new Set(events.map((event) => event.call))) {
        const found = await readStory(database.db, id);
        expect(found?.call, id).to.include({ id: root, outcome: 'answered', endedBy: 'caller' });
        expect(
          found?.call.steps.map((step) => step.step),
          id,
        ).to.deep.equal(['hold', 'transfer', 'park']);
        expect(found?.call.joined, id).to.have.length(2);
        expect(found?.lines, id).to.have.length(events.length);
      }
    });

    it('one that still runs: from its events, joined calls included', async () => {
      // 104 has just taken the parked caller.
      await apply(events.slice(0, -2));
      for (const id of new Set(events.map((event) => event.call))) {
        const found = await readStory(database.db, id);
        expect(found?.call, id).to.include({ id: root, outcome: 'in_progress', endedAt: null });
        expect(
          found?.call.talks.filter((talk) => talk.endedAt === null).map((talk) => talk.operator),
          id,
        ).to.deep.equal(['104']);
      }
    });

    it('one whose events are gone: from its rows alone', async () => {
      await apply(events);
      await database.db.knex('events').del();
      const found = await readStory(database.db, root);
      expect([found?.call.id, found?.lines]).to.deep.equal([root, []]);
    });

    it('none for an id that nobody knows, and none for what is no call', async () => {
      await apply(events);
      expect(await readStory(database.db, 'pbx1-unknown')).to.equal(null);
      const login = {
        v: 1,
        id: 'l1',
        at: T0,
        pbx: 'pbx1',
        call: 'pbx1-login',
        event: 'login',
        channel: 'PJSIP/101-1',
        uniqueid: 'u',
      };
      await applyBatch(
        database.db,
        newMemory(),
        [{ line: formatLine({ ...login, operator: '101', queues: 'sales' }), receivedAt: T0, refusal: '' }],
        start,
      );
      expect(await readStory(database.db, 'pbx1-login')).to.equal(null);
    });
  });
}

import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { type CallEvent, formatLine } from '../../src/call/event.js';
import { applyBatch, newMemory } from '../../src/record/apply.js';
import { rebuild } from '../../src/record/rebuild.js';
import { startRecorder } from '../../src/record/recorder.js';
import { callOfClick, openChannels, rowsOfCalls } from '../../src/store/calls.js';
import { rejectedSummary } from '../../src/store/events.js';
import type { JournalState } from '../../src/store/journals.js';
import { readCall } from '../../src/store/read-call.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';
import { T0 } from '../stories/story.js';
import { chain, dice, eventsOf, folded, shuffled, stored } from './pieces.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const stateOf = (server: string): JournalState => ({
  ...{ server, segment: 1, offset: 0, events: 0, repeated: 0, rejected: 0, lastEventAt: null, appliedAt: T0 },
});
const records = (events: readonly CallEvent[]) =>
  events.map((event) => ({ line: formatLine({ ...event, v: 1 }), receivedAt: event.at, refusal: '' }));

for (const dialect of DIALECTS) {
  describe(`joined calls on ${dialect}`, function () {
    this.timeout(120_000);
    let database: TestDb;
    beforeEach(async () => {
      database = await emptyDatabase(dialect);
    });
    afterEach(() => database.remove());

    /** A server that applies what it is given; it remembers as a real one does. */
    const server = (name: string) => {
      const memory = newMemory();
      return (events: readonly CallEvent[]) => applyBatch(database.db, memory, records(events), stateOf(name));
    };

    it('are the fold of all their events, in whatever order and pieces two servers bring them', async () => {
      const events = [...chain(), ...eventsOf(['07', '16', '80', '81'])];
      for (let seed = 1; seed <= 8; seed += 1) {
        const roll = dice(seed);
        const servers = [server('one'), server('two')];
        const rest = shuffled(events, roll);
        const told: CallEvent[] = [];
        while (rest.length > 0) {
          const piece = rest.splice(0, 1 + roll(9));
          told.push(...piece);
          await servers[roll(2)]?.(piece);
          expect(await stored(database.db, events), `seed ${seed} after ${told.length}`).to.deep.equal(folded(told));
        }
        const ids = [...new Set(events.map((event) => event.call))];
        expect((await rebuild(database.db, { dryRun: true, chunk: 3 })).differed, `seed ${seed}`).to.deep.equal([]);
        const before = await rowsOfCalls(database.db.knex, ids);
        expect([before['rt_calls'], before['rt_legs']]).to.deep.equal([[], []]);
        for (const table of ['events', 'call_links', 'call_joins', ...Object.keys(before)])
          await database.db.knex(table).del();
      }
    });

    it('stand under the id of the one that began first, and every id leads there', async () => {
      await server('one')(chain());
      const story = await readCall(database.db, 'pbx1-B');
      expect(story).to.deep.include({ id: 'pbx1-C', joined: ['pbx1-A', 'pbx1-B'] });
      expect(await database.db.knex('cdr_calls').pluck('call_id')).to.deep.equal(['pbx1-C']);
      expect(await callOfClick(database.db, 'pbx1-A')).to.deep.equal({ state: 'ended', outcome: story?.outcome });
    });

    it('are one call that runs, with the channels of all, before it is over', async () => {
      const apply = server('one');
      await apply(chain().slice(0, 10));
      expect(await database.db.knex('rt_calls').orderBy('call_id').pluck('call_id')).to.deep.equal([
        'pbx1-A',
        'pbx1-B',
        'pbx1-C',
      ]);
      await apply(chain().slice(12, 13));
      expect(await database.db.knex('rt_calls').orderBy('call_id').pluck('call_id')).to.deep.equal([
        'pbx1-A',
        'pbx1-C',
      ]);
      const open = (await openChannels(database.db)).filter(({ call }) => call === 'pbx1-A');
      expect(open.map(({ uniqueid }) => uniqueid).sort()).to.deep.equal(['101-1', '102-1', '102-2']);
      expect(await callOfClick(database.db, 'pbx1-B')).to.deep.include({ outcome: 'in_progress' });
      await apply([...chain().slice(10, 12), ...chain().slice(13)]);
      expect(await database.db.knex('rt_calls')).to.deep.equal([]);
      expect(await stored(database.db, chain())).to.deep.equal(folded(chain()));
    });

    it('are made anew by a rebuild, also where links and joins are gone or wrong', async () => {
      const events = [...chain(), ...eventsOf(['07', '80', '81'])];
      await server('one')(events);
      const ids = [...new Set(events.map((event) => event.call))];
      const before = await rowsOfCalls(database.db.knex, ids);
      const links = await database.db.knex('call_links').whereNot({ call_id: '' }).orderBy(['link', 'call_id']);
      const k = database.db.knex;
      await k('call_joins').del();
      await k('call_links').del();
      await rebuild(database.db, { dryRun: false, chunk: 2 });
      const same = async () => {
        const after = await rowsOfCalls(k, ids);
        for (const table of Object.keys(before)) expect(after[table], table).to.deep.equal(before[table]);
      };
      await same();
      // A link that no event says, and a join made by it.
      const [single] = eventsOf(['07']);
      await k('call_links').insert({ link: '=pbx1-A', call_id: single?.call });
      await k('call_joins').insert({ call_id: single?.call, story_id: 'pbx1-C', n: 9 });
      await k('cdr_calls').where({ call_id: single?.call }).del();
      expect((await rebuild(database.db, { dryRun: false, chunk: 2 })).differed).to.include(single?.call);
      await same();
      expect(await k('call_links').whereNot({ call_id: '' }).orderBy(['link', 'call_id'])).to.deep.equal(links);
    });

    it('stay as they are when a late event finds the others gone, and take in no new call', async () => {
      const late = chain().find((event) => event.id.includes('103-1-answer')) as CallEvent;
      const apply = server('one');
      await apply(chain().filter((event) => event !== late));
      const before = await readCall(database.db, 'pbx1-A');
      await database.db.knex('events').del();
      await server('two')([late]);
      expect(await readCall(database.db, 'pbx1-A')).to.deep.equal(before);
      expect((await rejectedSummary(database.db)).newest[0]?.reason).to.contain('not kept any more');
      const [fresh] = eventsOf(['01']).map((event) => ({ ...event, linkedid: 'chain-A' }));
      await server('two')([fresh as CallEvent]);
      expect(await readCall(database.db, 'pbx1-A')).to.deep.equal(before);
      expect(await database.db.knex('rt_calls').pluck('call_id')).to.deep.equal([fresh?.call]);
      expect((await rebuild(database.db, { dryRun: true })).differed).to.deep.equal([]);
    });

    it('are told by two servers at once, of two PBXs that give out the same names and ids', async () => {
      const folder = temporaryFolder('joined');
      const [one, two] = await Promise.all(
        ['one', 'two'].map((name) =>
          startRecorder({ folder: join(folder, name), db: database.db, spoolFiles: [], log: quiet }),
        ),
      );
      if (!one || !two) throw new Error('no recorder');
      try {
        const events = ['pbx1', 'pbx2'].flatMap((pbx) => [
          ...chain(pbx),
          ...['a', 'b', 'c', 'd'].flatMap((suffix) => eventsOf(['07', '10', '80', '81'], pbx, suffix)),
        ]);
        const roll = dice(7);
        // In pieces, so that batches of both servers lie side by side.
        for (const rest = shuffled(events, roll); rest.length > 0; ) {
          const piece = rest.splice(0, 40);
          await Promise.all(piece.map((event) => (roll(2) ? one : two).append(formatLine({ ...event, v: 1 }))));
        }
        await Promise.all([one.loop.settled(30_000), two.loop.settled(30_000)]);
        expect(await stored(database.db, events)).to.deep.equal(folded(events));
        const pbxs = (await database.db.knex('cdr_legs').distinct('pbx', 'uniqueid').where({ uniqueid: '101-1' })) as {
          pbx: string;
        }[];
        expect(pbxs.map(({ pbx }) => pbx).sort(), 'the same uniqueid on both').to.deep.equal(['pbx1', 'pbx2']);
        expect(await rebuild(database.db, { dryRun: true, chunk: 5 })).to.deep.include({ differed: [], operators: [] });
      } finally {
        await Promise.all([one.stop(), two.stop()]);
        removeFolder(folder);
      }
    });
  });
}

import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { until } from '../../scripts/lab/wait.js';
import { type CallEvent, formatLine } from '../../src/call/event.js';
import { isOfCall } from '../../src/call/fold.js';
import { openJournal } from '../../src/record/journal.js';
import { startLoop } from '../../src/record/loop.js';
import { rebuild } from '../../src/record/rebuild.js';
import { type Recorder, startRecorder } from '../../src/record/recorder.js';
import { rowsOfCalls } from '../../src/store/calls.js';
import type { Db } from '../../src/store/database.js';
import { rejectedSummary } from '../../src/store/events.js';
import { findJournal } from '../../src/store/journals.js';
import { readCall } from '../../src/store/read-call.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';
import { allStories, type Story, T0 } from '../stories/story.js';
import { folded, parsed, running, stored } from './pieces.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Lines of a story under other ids, so that one database can hold it many times. */
function linesAs(story: Story, suffix: string): string[] {
  const named = (call: string) => (call === '' ? '' : `${call}-${suffix}`);
  return story.events.map((event: CallEvent) =>
    formatLine({
      ...{ ...event, v: 1, id: `${event.id}-${event.call}-${suffix}`, call: named(event.call) },
      linkedid: `${event.linkedid}-${story.file}-${suffix}`,
      ...('other' in event ? { other: named(event.other) } : {}),
      ...('parent' in event ? { parent: named(event.parent) } : {}),
    }),
  );
}
const eventsIn = (story: Story, suffix: string): CallEvent[] => linesAs(story, suffix).map(parsed);
/** Ids of the story's calls that tell of calls. */
const idsOf = (story: Story, suffix: string) => [
  ...new Set(
    eventsIn(story, suffix)
      .filter(isOfCall)
      .map((event) => event.call),
  ),
];
const callOf = (story: Story, suffix: string) => idsOf(story, suffix)[0] ?? '';
/** The story's finished calls as the pure fold gives them, and as the tables do. */
const foldedOf = (story: Story, suffix: string) => folded(eventsIn(story, suffix));
const storedOf = (db: Db, story: Story, suffix: string) => stored(db, eventsIn(story, suffix));

for (const dialect of DIALECTS) {
  describe(`record on ${dialect}`, () => {
    const stories = allStories();
    let database: TestDb;
    let folder: string;
    let recorder: Recorder | null = null;
    const start = async () => {
      recorder = await startRecorder({ folder: join(folder, 'journal'), db: database.db, spoolFiles: [], log: quiet });
      return recorder;
    };
    const settled = () => recorder?.loop.settled(10_000);

    beforeEach(async () => {
      database = await emptyDatabase(dialect);
      folder = temporaryFolder('record');
    });
    afterEach(async () => {
      await recorder?.stop();
      recorder = null;
      await database.remove();
      removeFolder(folder);
    });

    it('brings every story to the tables as it is told', async () => {
      const { append } = await start();
      for (const story of stories) for (const line of linesAs(story, 'a')) await append(line);
      await settled();
      for (const story of stories) {
        expect(await storedOf(database.db, story, 'a'), story.file).to.deep.equal(foldedOf(story, 'a'));
      }
      const runs = stories.flatMap((story) => running(eventsIn(story, 'a'))).sort();
      for (const table of ['rt_calls', 'rt_legs', 'rt_visits']) {
        const ids = new Set((await database.db.knex(table).pluck('call_id')) as string[]);
        expect(
          [...ids].filter((id) => !runs.includes(id)),
          table,
        ).to.deep.equal([]);
      }
      expect(await database.db.knex('rt_calls').orderBy('call_id').pluck('call_id')).to.deep.equal(runs);
    });

    it('counts an event once, however often and in whatever order it comes', async () => {
      const { append } = await start();
      const all = stories.flatMap((story) => linesAs(story, 'a'));
      const backwards = [...all].reverse();
      for (const line of backwards) await append(line);
      await settled();
      await Promise.all([...all, ...all].map((line) => append(line)));
      await settled();
      for (const story of stories) {
        expect(await storedOf(database.db, story, 'a'), story.file).to.deep.equal(foldedOf(story, 'a'));
      }
      const state = await findJournal(database.db, recorder?.server ?? '');
      expect(state).to.include({ events: all.length, repeated: all.length * 2, rejected: 0 });
    });

    it('holds a call in rt_* while it runs, and only in cdr_* when it is over', async () => {
      const { append } = await start();
      const story = stories.find((s) => s.file.startsWith('07-')) as Story;
      const lines = linesAs(story, 'a');
      const id = callOf(story, 'a');
      for (const [n, line] of lines.entries()) {
        await append(line);
        await settled();
        const rows = await rowsOfCalls(database.db.knex, [id]);
        const over = n === lines.length - 1;
        expect(rows['rt_calls']?.length, `rt_calls after ${n + 1}`).to.equal(over ? 0 : 1);
        expect(rows['cdr_calls']?.length, `cdr_calls after ${n + 1}`).to.equal(over ? 1 : 0);
      }
    });

    it('keeps what it can not use, with the reason, and goes on', async () => {
      const { append } = await start();
      const story = stories[0] as Story;
      await append('event=teleport&v=1');
      await append('\u0000\u0007 %%% \ud800 nonsense');
      await append('x'.repeat(9000));
      for (const line of linesAs(story, 'a')) await append(line);
      await settled();
      const kept = await rejectedSummary(database.db);
      expect(kept.count).to.equal(3);
      expect(kept.newest.map((r) => r.reason)).to.deep.equal([
        'line is longer than 8192 bytes',
        'event is missing',
        'event "teleport" is unknown',
      ]);
      expect(await readCall(database.db, callOf(story, 'a'))).to.not.equal(null);
    });

    it('goes on where it stopped: a new process neither loses nor repeats', async () => {
      const story = stories[0] as Story;
      const lines = linesAs(story, 'a');
      const first = await start();
      for (const line of lines.slice(0, 3)) await first.append(line);
      await settled();
      // A second process finds events that the first wrote down but did not apply.
      await first.loop.stop();
      for (const line of lines.slice(3)) await first.append(line);
      await first.stop();
      await start();
      await settled();
      expect(await storedOf(database.db, story, 'a')).to.deep.equal(foldedOf(story, 'a'));
      expect(await findJournal(database.db, first.server)).to.include({ events: lines.length, repeated: 0 });
    });

    it('rebuilds the same rows from the events alone, and sees a row that somebody changed', async function () {
      this.timeout(120_000);
      const { append } = await start();
      const suffixes = ['a', 'b', 'c'];
      await Promise.all(suffixes.flatMap((s) => stories.flatMap((story) => linesAs(story, s).map(append))));
      await settled();
      const ids = ['a', 'b', 'c'].flatMap((suffix) => stories.flatMap((story) => idsOf(story, suffix)));
      const before = await rowsOfCalls(database.db.knex, ids);
      expect((await rebuild(database.db, { dryRun: true, chunk: 7 })).differed).to.deep.equal([]);
      await database.db.knex('cdr_calls').where({ call_id: ids[4] }).update({ outcome: 'busy' });
      await database.db.knex('cdr_talks').where({ call_id: ids[0] }).del();
      expect((await rebuild(database.db, { dryRun: true })).differed.sort()).to.deep.equal([ids[0], ids[4]].sort());
      expect((await rebuild(database.db, { dryRun: false })).differed).to.have.length(2);
      expect(await rowsOfCalls(database.db.knex, ids)).to.deep.equal(before);
    });

    it('lets two servers apply events of one call', async () => {
      const story = stories.find((s) => s.file.startsWith('10-')) as Story;
      const first = await start();
      const other = await startRecorder({ folder: join(folder, 'other'), db: database.db, spoolFiles: [], log: quiet });
      try {
        const suffixes = Array.from({ length: 10 }, (_, i) => `s${i}`);
        await Promise.all(
          suffixes.flatMap((suffix) => linesAs(story, suffix).map((line, n) => (n % 2 ? first : other).append(line))),
        );
        await Promise.all([first.loop.settled(20_000), other.loop.settled(20_000)]);
        for (const suffix of suffixes) {
          expect(await storedOf(database.db, story, suffix), suffix).to.deep.equal(foldedOf(story, suffix));
        }
      } finally {
        await other.stop();
      }
    });

    it('takes a spool with a line no event can be, keeps that aside, and goes on', async () => {
      const story = stories[0] as Story;
      const spool = join(folder, 'dh.spool');
      const lines = linesAs(story, 'a');
      writeFileSync(spool, `${lines.slice(0, 2).join('\n')}\n${'x'.repeat(1_300_000)}\n${lines.slice(2).join('\n')}\n`);
      recorder = await startRecorder({
        folder: join(folder, 'journal'),
        db: database.db,
        spoolFiles: [spool],
        log: quiet,
      });
      await until(async () => (await storedOf(database.db, story, 'a')).length > 0, {
        what: 'the spooled call is in the tables',
        deadline: 10_000,
      });
      expect((await rejectedSummary(database.db)).newest.map((r) => r.reason)).to.deep.equal([
        'line is longer than 8192 bytes',
      ]);
      expect(existsSync(spool)).to.equal(false);
    });

    it('reads a record longer than its buffer, and what stands behind it', async () => {
      const story = stories[0] as Story;
      const { append } = await start();
      await append('y'.repeat(3_000_000));
      for (const line of linesAs(story, 'a')) await append(line);
      await settled();
      expect(await storedOf(database.db, story, 'a')).to.deep.equal(foldedOf(story, 'a'));
      expect((await rejectedSummary(database.db)).count).to.equal(1);
    });

    it('applies a journal that was emptied beneath it, instead of waiting until it has grown again', async () => {
      const [one, two] = [stories[0] as Story, stories[1] as Story];
      for (let i = 0; i < 3; i += 1) {
        const { append, stop } = await start();
        for (const line of linesAs(one, String(i))) await append(line);
        await settled();
        await stop();
      }
      const journal = join(folder, 'journal');
      for (const name of readdirSync(journal).filter((n) => n.endsWith('.log'))) rmSync(join(journal, name));
      const { append } = await start();
      for (const line of linesAs(two, 'a')) await append(line);
      await until(async () => (await storedOf(database.db, two, 'a')).length > 0, {
        what: 'the new call is in the tables',
        deadline: 8000,
      });
    });

    it('leaves a finished call as it is when a late event finds its other events gone', async () => {
      const story = stories[0] as Story;
      const lines = linesAs(story, 'a');
      const { append } = await start();
      for (const line of lines.slice(0, 1).concat(lines.slice(2))) await append(line);
      await settled();
      const before = await storedOf(database.db, story, 'a');
      await database.db.knex('events').del();
      await append(lines[1] ?? '');
      for (const line of linesAs(stories[1] as Story, 'a')) await append(line);
      await settled();
      expect(await storedOf(database.db, story, 'a')).to.deep.equal(before);
      expect((await rejectedSummary(database.db)).newest[0]?.reason).to.contain('not kept any more');
      expect(await storedOf(database.db, stories[1] as Story, 'a')).to.deep.equal(foldedOf(stories[1] as Story, 'a'));
    });

    it('makes the operators anew from their events, in the order of their clock', async () => {
      const said = (event: string, at: number, more: Record<string, string>) =>
        formatLine({
          ...{ v: 1, id: `${event}-${at}`, at: T0 + at, pbx: 'pbx1', call: `z${10 - at}`, event, channel: 'PJSIP/1' },
          ...{ uniqueid: `u${at}`, operator: '101', ...more },
        });
      const { append } = await start();
      await append(said('pause', 2, { reason: 'lunch' }));
      await append(said('login', 1, { queues: 'sales,support' }));
      await append(said('unpause', 3, {}));
      await settled();
      const row = async () => (await database.db.knex('rt_operators'))[0] as Record<string, unknown>;
      expect(await row()).to.include({ presence: 'ready', queues: 'sales,support' });
      const before = await row();
      await database.db.knex('rt_operators').update({ presence: 'offline', queues: '' });
      await rebuild(database.db, { dryRun: false });
      expect(await row()).to.deep.equal(before);
    });

    it('waits for a database without tables, and applies everything when they are there', async () => {
      const bare = await emptyDatabase(dialect, true);
      const journal = await openJournal(join(folder, 'bare'));
      const loop = startLoop({ db: bare.db, journal, server: 'x', log: quiet });
      try {
        const story = stories[0] as Story;
        for (const line of linesAs(story, 'a')) await journal.append(line, T0);
        await until(() => loop.status().error !== 'not connected yet', {
          what: 'the loop has met the empty database',
          deadline: 5000,
        });
        expect(loop.status()).to.include({ up: false });
        const { migrate } = await import('../../src/store/migrate.js');
        const { MIGRATIONS } = await import('../store/databases.js');
        await migrate(bare.db, MIGRATIONS);
        await loop.settled(15_000);
        expect(await readCall(bare.db, callOf(story, 'a'))).to.not.equal(null);
      } finally {
        await loop.stop();
        await journal.close();
        await bare.remove();
      }
    });
  });
}

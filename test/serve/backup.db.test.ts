// A backup is made while events are applied, the database is destroyed, the backup put back: the journal brings the rest.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createConnection } from 'mysql2/promise';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { mariadbProgram } from '../../scripts/lab/mariadb.js';
import { until } from '../../scripts/lab/wait.js';
import { type CallEvent, formatLine } from '../../src/call/event.js';
import { rebuild } from '../../src/record/rebuild.js';
import { type Recorder, startRecorder } from '../../src/record/recorder.js';
import { listSegments, segmentPath } from '../../src/record/segments.js';
import { runBackup } from '../../src/serve/backup.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { findJournal } from '../../src/store/journals.js';
import { eventsOf, folded, stored } from '../record/pieces.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';
import { testConfig } from '../stories/centre.js';

/** Calls of all sorts: a queue, a transfer, parking, an operator's pauses. */
const STORIES = ['07', '16', '23', '31', '37', '51', '55'];
const lineOf = (event: CallEvent) => formatLine({ ...event, v: 1 });

for (const dialect of DIALECTS) {
  describe(`backup and restore on ${dialect}`, function () {
    this.timeout(120_000);
    let made: TestDb;
    let db: Db;
    let folder: string;
    let said: string[];
    let recorder: Recorder | null = null;
    const start = async (): Promise<Recorder> => {
      const note = (_fields: object, message: string) => void said.push(message);
      const log = { info: note, warn: note, error: note };
      recorder = await startRecorder({ folder: join(folder, 'journal'), db, spoolFiles: [], log });
      return recorder;
    };
    const stop = async () => {
      await recorder?.stop();
      recorder = null;
    };
    const config = () => testConfig(folder, made.url);
    const count = async () => Number((await db.knex('events').count({ n: '*' }))[0]?.['n']);

    /** A dump that stands still between the events and the journal's position, until `meanwhile` is done. */
    async function heldUp<T>(meanwhile: () => Promise<void>, act: () => Promise<T>): Promise<T> {
      if (dialect === 'sqlite') return act();
      const other = await createConnection(made.url);
      try {
        await other.query('LOCK TABLES imports WRITE');
        const acting = act();
        const standing =
          "SELECT id FROM information_schema.processlist WHERE info LIKE '%FROM `imports`' AND state LIKE 'Wait%'";
        await until(async () => ((await other.query(standing))[0] as object[]).length > 0, {
          what: 'the dump has read the events and stands still',
          deadline: 20_000,
        });
        await meanwhile();
        await other.query('UNLOCK TABLES');
        return await acting;
      } finally {
        await other.end();
      }
    }

    /** As an administrator does it: docs/backup.md. */
    async function putBack(file: string): Promise<void> {
      const text = gunzipSync(readFileSync(file));
      if (dialect === 'sqlite') {
        await db.close();
        const path = made.url.slice('sqlite:'.length);
        for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
        writeFileSync(path, text);
        db = openDatabase(made.url);
        return;
      }
      const { hostname, port, username, password, pathname } = new URL(made.url);
      const name = pathname.slice(1);
      await db.knex.raw(`DROP DATABASE ${name}`);
      await db.knex.raw(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
      const args = [`--host=${hostname}`, `--port=${port}`, `--user=${username}`, name];
      const env = { ...process.env, MYSQL_PWD: password };
      const load = spawnSync(mariadbProgram('mariadb'), ['--no-defaults', ...args], { input: text, env });
      expect(load.status, load.stderr.toString()).to.equal(0);
      await db.close();
      db = openDatabase(made.url);
    }

    beforeEach(async () => {
      made = await emptyDatabase(dialect);
      db = openDatabase(made.url);
      folder = temporaryFolder('backup');
      said = [];
    });
    afterEach(async () => {
      await stop();
      await db.close();
      await made.remove();
      removeFolder(folder);
    });

    it('loses nothing that the journal holds: tables and fold agree after it', async () => {
      const { append, loop } = await start();
      const all: CallEvent[] = [];
      let rounds = 0;
      let full = false;
      const feed = (async () => {
        while (!full) {
          const events = eventsOf(STORIES, 'pbx1', `-r${rounds}`);
          all.push(...events);
          await Promise.all(events.map((event) => append(lineOf(event))));
          rounds += 1;
          // The tables keep up, so that the backup meets a loop that writes.
          await until(() => loop.status().applied > all.length - 3 * events.length, {
            what: 'the tables keep up',
            deadline: 30_000,
          });
        }
      })();
      await until(() => rounds >= 3 && loop.status().applied > 100, {
        what: 'some calls are in the tables',
        deadline: 30_000,
      });
      const before = loop.status().applied;
      const more = async () => {
        const from = loop.status().applied;
        await until(() => loop.status().applied > from + 100, {
          what: 'calls go on during the backup',
          deadline: 30_000,
        });
      };
      const backup = await heldUp(more, () =>
        runBackup(config(), { file: join(folder, 'db.gz'), folder: '', keep: 0, now: Date.now() }),
      );
      const during = rounds;
      await until(() => rounds >= during + 3, { what: 'more calls after the backup', deadline: 30_000 });
      full = true;
      await feed;
      await loop.settled(30_000);
      const end = loop.status().state;
      await stop();
      expect(statSync(backup.file).mode & 0o777, 'nobody else may read it').to.equal(0o600);

      await putBack(backup.file);
      // The backup by itself is whole: its rows are what its own events say, and its position is theirs.
      const place = await findJournal(db, end?.server ?? '');
      const had = await count();
      expect(had).to.be.within(before, all.length - 1);
      expect(place?.events).to.equal(had);
      expect((await rebuild(db, { dryRun: true })).differed).to.deep.equal([]);

      const again = await start();
      await again.loop.settled(60_000);
      expect(again.loop.status().applied, 'from the position on, not from the beginning').to.equal(all.length - had);
      expect(again.loop.status().state?.repeated, 'nothing was applied twice').to.equal(place?.repeated);
      expect(await count()).to.equal(all.length);
      for (let n = 0; n < rounds; n += 1) {
        const events = eventsOf(STORIES, 'pbx1', `-r${n}`);
        expect(await stored(db, events), `round ${n}`).to.deep.equal(folded(events));
      }
      const { differed, operators } = await rebuild(db, { dryRun: true });
      expect({ differed, operators }).to.deep.equal({ differed: [], operators: [] });
    });

    it('notices a backup that was put back under a running server, too', async () => {
      const first = eventsOf(['07'], 'pbx1', '-a');
      const later = eventsOf(['16', '23'], 'pbx1', '-b');
      const { append, loop } = await start();
      for (const event of first) await append(lineOf(event));
      await loop.settled(10_000);
      const backup = await runBackup(config(), { file: join(folder, 'db.gz'), folder: '', keep: 0, now: Date.now() });
      for (const event of later) await append(lineOf(event));
      await loop.settled(10_000);
      if (dialect === 'sqlite') {
        // A file that is replaced under an open connection is another file: there the server must be stopped.
        await stop();
        await putBack(backup.file);
        await start();
      } else await putBackQuietly(backup.file);
      await until(async () => (await count()) === first.length + later.length, {
        what: 'the journal brings the rest',
        deadline: 15_000,
      });
      for (const events of [first, later]) expect(await stored(db, events)).to.deep.equal(folded(events));
      expect((await rebuild(db, { dryRun: true })).differed).to.deep.equal([]);
    });

    /** The loop's own connections stay as they are. */
    async function putBackQuietly(file: string): Promise<void> {
      const loops = db;
      db = openDatabase(made.url);
      await putBack(file);
      const mine = db;
      db = loops;
      await mine.close();
    }

    it('says so when the journal does not reach back to the backup', async () => {
      const { append, loop } = await start();
      for (const event of eventsOf(['07'])) await append(lineOf(event));
      await loop.settled(10_000);
      await stop();
      for (const at of ['a', 'b']) {
        const round = await start();
        for (const event of eventsOf(['16'], 'pbx1', `-${at}`)) await round.append(lineOf(event));
        await round.loop.settled(10_000);
        if (at === 'a')
          await runBackup(config(), { file: join(folder, 'db.gz'), folder: '', keep: 0, now: Date.now() });
        await stop();
      }
      expect(said.join()).not.to.contain('does not reach back');
      // As after more days than DIALHOOK_JOURNAL_KEEP_HOURS.
      for (const n of (await listSegments(join(folder, 'journal'))).slice(0, 2))
        rmSync(segmentPath(join(folder, 'journal'), n));
      await putBack(join(folder, 'db.gz'));
      await start();
      await until(() => said.some((text) => text.includes('does not reach back to where the tables end')), {
        what: 'it is said',
      });
    });

    it('keeps the newest of a folder, and leaves alone what is not its own', async () => {
      const into = join(folder, 'backups');
      const at = (day: number) => Date.UTC(2026, 5, day, 3, 15);
      for (const day of [1, 2]) await runBackup(config(), { file: null, folder: into, keep: 2, now: at(day) });
      writeFileSync(join(into, 'dialhook-notes.sql.gz'), 'mine');
      const { removed, file } = await runBackup(config(), { file: null, folder: into, keep: 2, now: at(3) });
      const end = dialect === 'sqlite' ? 'sqlite.gz' : 'sql.gz';
      expect(file).to.equal(join(into, `dialhook-20260603T031500Z.${end}`));
      expect(removed).to.deep.equal([`dialhook-20260601T031500Z.${end}`]);
      expect(readdirSync(into).sort()).to.deep.equal([
        ...[`dialhook-20260602T031500Z.${end}`, `dialhook-20260603T031500Z.${end}`, 'dialhook-notes.sql.gz'],
      ]);
    });

    it('leaves the last good file alone when it fails', async () => {
      const file = join(folder, 'db.gz');
      await runBackup(config(), { file, folder: '', keep: 0, now: Date.now() });
      const good = readFileSync(file);
      const gone = dialect === 'sqlite' ? `sqlite:${folder}/nothing.sqlite` : made.url.replace(/:[^:@/]*@/, ':wrong@');
      const failed = await runBackup(testConfig(folder, gone), { file, folder: '', keep: 0, now: Date.now() }).then(
        () => 'written',
        (error: Error) => error.message,
      );
      expect(failed).to.match(dialect === 'sqlite' ? /there is no database at/ : /denied/i);
      expect(readFileSync(file).equals(good)).to.equal(true);
      expect(readdirSync(folder).filter((name) => name.startsWith('db.gz'))).to.deep.equal(['db.gz']);
    });

    it('refuses a database without our tables', async () => {
      const bare = await emptyDatabase(dialect, true);
      await bare.db.knex.raw('SELECT 1');
      const file = join(folder, 'bare.gz');
      const failed = await runBackup(testConfig(folder, bare.url), { file, folder: '', keep: 0, now: 0 }).catch(String);
      expect(failed).to.match(/journals/);
      await bare.remove();
    });
  });
}

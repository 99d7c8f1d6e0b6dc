// The calls of a call centre on the dialplan that FreePBX generated: the rows must be those of the text, in test/freepbx/stories.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { until } from '../../scripts/lab/wait.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import type { Centre } from '../stories/centre.js';
import { OffTime, perform } from '../stories/perform.js';
import { readStory } from '../stories/story.js';
import { openFreepbxCentre } from './centre.js';

const FOLDER = fileURLToPath(new URL('stories/', import.meta.url));
const stories = readdirSync(FOLDER)
  .sort()
  .map((name) => readStory(name, readFileSync(`${FOLDER}${name}`, 'utf8')));
/** A story whose rows were right and whose times were not is played again: the machine had too much to do. */
const PLAYS = 3;
/** Seconds: a FreePBX runs a few hundred lines of dialplan for a call, and app_queue counts whole ones. */
const TOLERANCE = 1;

describe(`freepbx: stories on a real Asterisk ${wantedVersion()}`, function () {
  this.timeout(60_000);
  let centre: Centre;
  let database: TestDb;

  before(async () => {
    database = await emptyDatabase('sqlite');
    centre = await openFreepbxCentre(database.url, { ringSeconds: 2, waitSeconds: 5 });
  });
  after(async () => {
    await centre?.stop();
    await database?.remove();
  });

  beforeEach(() => {
    for (const phone of [...centre.phones.values(), centre.trunk]) phone.reset();
  });

  for (const story of stories) {
    it(`${story.file}: ${story.title}`, async () => {
      for (let n = 1; ; n++) {
        try {
          await perform(centre, story, TOLERANCE);
          break;
        } catch (error) {
          if (!(error instanceof OffTime) || n === PLAYS) throw error;
        }
      }
    });
  }

  it('knows the members of the queue by their extension, whatever FreePBX calls them', async () => {
    const rows = () => centre.db.knex('rt_operators').orderBy('operator').select('operator', 'queues', 'presence');
    const known = async (...expected: string[]) => {
      let last: string[] = [];
      // What was seen once may be on its way to us by an event: two looks must say it.
      const seen = async () => {
        await centre.look();
        last = (await rows()).map((row) => `${row.operator} ${row.presence} in ${row.queues}`);
        return last.join() === expected.join();
      };
      await until(seen, { deadline: 15_000, every: 200, what: () => `${expected.join()}, not ${last.join()}` });
    };
    await known('101 ready in 400', '102 ready in 400');
    await centre.asterisk.cli('queue add member Local/103@from-queue/n to 400 penalty 0 as Cara');
    await centre.asterisk.cli('queue pause member Local/102@from-queue/n queue 400 reason lunch');
    await known('101 ready in 400', '102 paused in 400', '103 ready in 400');
  });

  it('recorded every event: nothing was refused, nothing spooled', async () => {
    expect(await centre.db.knex('rejected_events')).to.deep.equal([]);
    expect(centre.asterisk.log()).to.not.contain('dialhook.spool,,,al');
  });
});

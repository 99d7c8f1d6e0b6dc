// The calls of a call centre on the dialplan that FreePBX generated: the rows must be those of the text, in test/freepbx/stories.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
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

  for (const story of stories) {
    it(`${story.file}: ${story.title}`, async () => {
      for (let n = 1; ; n++) {
        try {
          await perform(centre, story);
          break;
        } catch (error) {
          if (!(error instanceof OffTime) || n === PLAYS) throw error;
        }
      }
    });
  }

  it('recorded every event: nothing was refused, nothing spooled', async () => {
    expect(await centre.db.knex('rejected_events')).to.deep.equal([]);
    expect(centre.asterisk.log()).to.not.contain('dialhook.spool,,,al');
  });
});

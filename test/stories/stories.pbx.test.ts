// Every story that has a `play` line, on a real Asterisk with real phones: the rows must be those of the text.
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { chosen, isSelection } from './chosen.js';
import { findings, produced } from './produced.js';
import { allStories } from './story.js';
import { openTroupe, type Troupe } from './troupe.js';

/** Centres that play side by side; the machine this is made for has two cores. */
const CENTRES = Number(process.env['DIALHOOK_CENTRES'] || 4);
/** All stories of one version together, ms. */
const ALL_MS = 6 * 60_000;
const version = wantedVersion();
const suite = `stories on a real Asterisk ${version}`;
const title = ({ file, title }: { file: string; title: string }) => `${file}: ${title}`;

describe(suite, function () {
  this.timeout(ALL_MS);
  const stories = allStories().filter((story) => story.play.length > 0);
  const wanted = stories.filter((story) => chosen(suite, title(story)));
  let troupe: Troupe;

  before(async () => {
    troupe = await openTroupe(version, CENTRES, wanted);
  });
  after(async () => {
    await troupe?.stop();
  });

  for (const story of wanted) {
    it(title(story), async function () {
      const { seconds, error } = await troupe.played(story);
      // The stories are played side by side, so the time this test waited says nothing.
      Object.assign(this.test ?? {}, { seconds });
      if (error) throw error;
    });
  }

  it('recorded every event that was sent: nothing was kept aside, nothing spooled', async () => {
    await troupe.done;
    for (const { db, asterisk } of troupe.centres) {
      expect(await db.knex('rejected_events')).to.deep.equal([]);
      expect(asterisk.log()).to.not.contain('dh.spool');
    }
  });

  // Only all stories together can say this.
  if (!isSelection()) {
    it('made real calls produce every field of every event in docs/events.md', async () => {
      await troupe.done;
      const lines = await Promise.all(troupe.centres.map(({ db }) => db.knex('events').pluck('line')));
      expect(findings(produced(lines.flat() as string[]))).to.deep.equal([]);
    });
  }
});

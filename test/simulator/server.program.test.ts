import { expect } from 'chai';
import { fastagi } from '../../src/agi/index.js';
import { parseLine } from '../../src/call/event.js';
import { registerHooks } from '../../src/hooks/register.js';
import { simulatedClients } from '../../src/simulator/cast.js';
import { perform } from '../../src/simulator/perform.js';
import { createPlayer } from '../../src/simulator/player.js';
import { createStory } from '../../src/simulator/story.js';
import { storiesOf } from './told.js';

describe('simulator and the FastAGI server', () => {
  const lines: string[] = [];
  const clients = new Map(simulatedClients().map((client) => [client.number, client]));
  let found = 0;
  const app = fastagi({});
  registerHooks(app, {
    append: async (line) => {
      lines.push(line);
    },
    findClient: async (number) => {
      const client = clients.get(number) ?? null;
      if (client !== null) found += 1;
      return client;
    },
    lookupBudgetMs: 300,
    log: { warn: () => {}, debug: () => {} },
  });

  before((done) => {
    app.listen(0, done);
  });

  const HELD_UP = /MAX_AGI_CONNECT/;
  /** Two seconds of a centre, sixty times as fast. */
  async function played() {
    lines.length = 0;
    found = 0;
    const [host, port] = ['127.0.0.1', app.address()?.port ?? 0];
    const player = createPlayer({ host, port, boundMs: 60_000, lookupBoundMs: 60_000, hangups: false });
    const centre = { operators: 12, queues: 4, callsPerMinute: 40, wrapup: 10, extras: 0.5 };
    const story = createStory({ ...centre, seed: 8, startAt: Date.now(), speed: 60 });
    // Nothing is dropped at the end, however long a busy machine takes for it.
    await perform({ story, player, lastsMs: 2000, signal: new AbortController().signal, politeMs: 60_000 });
    return player.stats();
  }
  after(() => app.close());

  it('understand each other: every event is taken, every call is whole', async () => {
    let stats = await played();
    // Asterisk's two seconds for a connection, and both ends of it are in this process: a machine that held it up is given another go.
    for (let n = 1; n < 3 && Object.keys(stats.errors).some((error) => HELD_UP.test(error)); n += 1)
      stats = await played();
    expect(stats.errors).to.deep.equal({});
    expect(stats.acked).to.equal(lines.length);
    expect(lines.length).to.be.greaterThan(100);
    expect(found).to.be.greaterThan(0);
    const events = lines.map((line) => {
      const parsed = parseLine(line);
      if (!parsed.ok) throw new Error(parsed.refusal.reason);
      return parsed.event;
    });
    const stories = storiesOf(events);
    expect(stories.length).to.be.greaterThan(0);
    for (const call of stories) {
      expect(call.odd, call.id).to.deep.equal([]);
      expect(call.endedAt, call.id).to.not.equal(null);
    }
    expect(new Set(events.map((event) => event.event))).to.include.all.keys('menu', 'wrapup', 'wrapped');
  });
});

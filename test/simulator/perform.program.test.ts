import { expect } from 'chai';
import { parseLine } from '../../src/call/event.js';
import { fold } from '../../src/call/fold.js';
import { load, percentile } from '../../src/simulator/load.js';
import { perform } from '../../src/simulator/perform.js';
import { createPlayer } from '../../src/simulator/player.js';
import { createStory } from '../../src/simulator/story.js';
import { type FakeAgi, fakeAgi, until } from './fake-agi.js';

describe('simulator: performance', () => {
  let server: FakeAgi;
  beforeEach(async () => {
    server = await fakeAgi();
  });
  afterEach(() => server.close());
  const events = () =>
    server.sessions
      .filter((session) => session.env('agi_network_script') === 'event')
      .map((session) => {
        const parsed = parseLine(session.env('agi_arg_1'));
        if (!parsed.ok) throw new Error(parsed.refusal.reason);
        return parsed.event;
      });

  it('plays a story against a server and ends every call when it is stopped, within two seconds', async () => {
    const stop = new AbortController();
    // Wide bounds and no hangups in mid-request: a busy machine must not look like a lost event here.
    const player = createPlayer({
      host: '127.0.0.1',
      port: server.port,
      boundMs: 9000,
      lookupBoundMs: 9000,
      hangups: false,
    });
    const story = createStory({ seed: 3, operators: 8, queues: 3, callsPerMinute: 30, startAt: Date.now(), speed: 40 });
    const running = perform({ story, player, lastsMs: 0, signal: stop.signal });
    await until(() => events().some((event) => event.event === 'answer'), 'an answer');
    const began = Date.now();
    stop.abort();
    await running;
    expect(Date.now() - began).to.be.below(2000);
    const { errors, lost, open } = player.stats();
    expect({ errors, lost, open }).to.deep.equal({ errors: {}, lost: 0, open: 0 });
    const calls = new Set(
      events()
        .filter((event) => event.event === 'call')
        .map((event) => event.call),
    );
    expect(calls.size).to.be.greaterThan(0);
    for (const id of calls) {
      const call = fold(
        id,
        events().filter((event) => event.call === id),
      );
      expect(call.endedAt, id).to.not.equal(null);
      expect(call.odd).to.deep.equal([]);
    }
  });

  it('ends by itself after its time', async () => {
    const player = createPlayer({ host: '127.0.0.1', port: server.port });
    const story = createStory({ seed: 3, operators: 3, queues: 1, callsPerMinute: 30, startAt: Date.now(), speed: 20 });
    await perform({ story, player, lastsMs: 200, signal: new AbortController().signal });
    expect(events().filter((event) => event.event === 'logout').length).to.equal(
      events().filter((event) => event.event === 'login').length,
    );
  });

  it('does not wait for a frozen server when it must stop', async () => {
    server.behave('silent');
    const stop = new AbortController();
    const player = createPlayer({ host: '127.0.0.1', port: server.port });
    const story = createStory({ seed: 3, operators: 8, queues: 3, callsPerMinute: 30, startAt: Date.now(), speed: 40 });
    const running = perform({ story, player, lastsMs: 0, signal: stop.signal, politeMs: 100 });
    await until(() => server.sessions.length > 0);
    stop.abort();
    const began = Date.now();
    await running;
    expect(Date.now() - began).to.be.below(1000);
  });

  it('loads a server at a fixed rate and says what it cost', async () => {
    const player = createPlayer({ host: '127.0.0.1', port: server.port, hangups: false });
    const story = createStory({ seed: 3, operators: 40, queues: 4, callsPerMinute: 60, startAt: Date.now() });
    const report = await load({
      story,
      player,
      eventsPerSecond: 200,
      seconds: 1,
      signal: new AbortController().signal,
    });
    expect(report).to.include({ sent: 200, acked: 200, lost: 0 });
    expect(report.p50).to.be.within(0.01, report.p99 ?? 0);
    expect(report.max).to.be.at.least(report.p99 ?? 0);
    expect(new Set(events().map((event) => event.id)).size).to.equal(200);
    expect(Math.max(...events().map((event) => Math.abs(event.at - Date.now())))).to.be.below(4000);
  });

  it('reads percentiles of a sorted list', () => {
    const sorted = Array.from({ length: 100 }, (_, i) => i + 1);
    expect([50, 99, 100].map((p) => percentile(sorted, p))).to.deep.equal([50, 99, 100]);
    expect(percentile([7], 50)).to.equal(7);
    expect(percentile([], 50)).to.equal(null);
  });
});

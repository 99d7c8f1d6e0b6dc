import { expect } from 'chai';
import { parseLine } from '../../src/call/event.js';
import { createPbx, type Planned } from '../../src/simulator/pbx.js';
import { createPlayer, type PlayerOptions } from '../../src/simulator/player.js';
import { type FakeAgi, fakeAgi, until } from './fake-agi.js';

describe('simulator: player', () => {
  let server: FakeAgi;
  let spooled: string[];
  beforeEach(async () => {
    server = await fakeAgi();
    spooled = [];
  });
  afterEach(() => server.close());
  const player = (options: Partial<PlayerOptions> = {}) =>
    createPlayer({
      host: '127.0.0.1',
      port: server.port,
      boundMs: 80,
      retryMs: 100,
      spool: async (line) => void spooled.push(line),
      ...options,
    });

  /** call, enter, offer and the two ends of a small call. */
  function smallCall(): { call: Planned; lookup: Planned; enter: Planned; offer: Planned; ends: [Planned, Planned] } {
    let clock = 1763676543000;
    const pbx = createPbx('pbx1', () => (clock += 1000));
    const caller = pbx.start('trunk1', { number: '+998001234567', name: '', dnid: '5550101' });
    pbx.hook(caller, 'call', { direction: 'in', from: caller.number, to: '5550101', trunk: 'trunk1' });
    pbx.lookup(caller);
    pbx.hook(caller, 'enter', { queue: 'sales' });
    const device = pbx.ring(caller, '101', '101', 'Anna');
    pbx.hook(device, 'offer', { queue: 'sales', endpoint: '101' });
    pbx.hook(device, 'end', { side: 'callee', endpoint: '101', cause: 0 });
    pbx.hook(caller, 'end', { side: 'caller', endpoint: 'trunk1', cause: 0 });
    const [call, lookup, enter, offer, first, second] = pbx.take() as [
      Planned,
      Planned,
      Planned,
      Planned,
      Planned,
      Planned,
    ];
    return { call, lookup, enter, offer, ends: [first, second] };
  }
  const kinds = () =>
    server.sessions.map(
      (session) => new URLSearchParams(session.env('agi_arg_1')).get('event') ?? session.env('agi_network_script'),
    );
  const kindOf = (line: string) => {
    const parsed = parseLine(line);
    return parsed.ok ? parsed.event.event : parsed.refusal.reason;
  };

  it('sends each event in a session of its own and counts what was confirmed', async () => {
    const { call } = smallCall();
    const play = player();
    await play.send(call);
    expect(kinds()).to.deep.equal(['call']);
    expect(server.sessions[0]?.env('agi_context')).to.equal('dialhook-bound');
    expect(play.stats()).to.include({ requests: 1, acked: 1, spooled: 0, lost: 0 });
    expect(play.stats().latencies).to.have.lengthOf(1);
  });

  it('keeps the order of a thread however slowly the server answers', async () => {
    const { call, lookup, enter, offer, ends } = smallCall();
    server.behave((session) =>
      setTimeout(() => void session.ask('SET VARIABLE DH_ACK 1').then(() => session.socket.end()), 20),
    );
    const play = player();
    for (const one of [call, lookup, enter, offer, ends[0]]) void play.send(one);
    await play.idle();
    expect(kinds()).to.deep.equal(['call', 'lookup', 'enter', 'offer', 'end']);
    expect(play.stats().acked).to.equal(5);
  });

  it('spools a line that the server did not confirm, and leaves the server alone for a while', async () => {
    const { call, enter, offer, ends } = smallCall();
    server.behave('close');
    const play = player();
    await play.send(call);
    expect(spooled.map(kindOf)).to.deep.equal(['call']);
    server.behave('ack');
    await play.send(enter);
    expect(spooled.map(kindOf)).to.deep.equal(['call', 'enter']);
    expect(server.sessions).to.have.lengthOf(1);
    await new Promise((resolve) => setTimeout(resolve, 110));
    await play.send(offer);
    await play.send(ends[0]);
    expect(play.stats()).to.include({ acked: 2, spooled: 2, lost: 0 });
    expect(play.stats().errors).to.deep.equal({ 'closed without confirming': 1 });
  });

  it('counts what is lost when there is no spool, and finds the server again by itself', async () => {
    const { port } = server;
    await server.close();
    const { call, enter } = smallCall();
    const play = createPlayer({ host: '127.0.0.1', port, retryMs: 20 });
    await play.send(call);
    expect(play.stats()).to.include({ acked: 0, lost: 1 });
    server = await fakeAgi();
    const again = createPlayer({ host: '127.0.0.1', port: server.port, retryMs: 20 });
    await again.send(enter);
    expect(again.stats().acked).to.equal(1);
  });

  it('finds a frozen server at a bounded hook, and keeps the others away until one is confirmed', async () => {
    const { call, enter, offer, ends } = smallCall();
    server.behave('silent');
    const play = player({ retryMs: 0 });
    await play.send(call);
    expect(play.stats().errors).to.deep.equal({ 'no answer in time': 1 });
    await play.send(offer);
    expect(server.sessions, 'a side hook does not ask').to.have.lengthOf(1);
    server.behave('ack');
    await play.send(enter);
    await play.send(ends[0]);
    expect(spooled.map(kindOf)).to.deep.equal(['call', 'offer']);
    expect(play.stats().acked).to.equal(2);
  });

  it('tells a session when its channel hangs up, spools its line, and blames nobody', async () => {
    const { enter, ends } = smallCall();
    server.behave('silent');
    const play = player({ boundMs: 5000 });
    void play.send(enter);
    await until(() => server.sessions.length === 1);
    server.behave('ack');
    await play.send(ends[1]);
    expect(server.sessions[0]?.said).to.deep.equal(['HANGUP']);
    expect(spooled.map(kindOf)).to.deep.equal(['enter']);
    expect(play.stats()).to.include({ acked: 1 });
    expect(play.stats().errors).to.deep.equal({});
  });

  it('drops what hangs when it must stop, and spools its lines', async () => {
    const { offer } = smallCall();
    server.behave('silent');
    const play = player();
    void play.send(offer);
    await until(() => server.sessions.length === 1);
    play.abort();
    await play.idle();
    expect(spooled.map(kindOf)).to.deep.equal(['offer']);
  });

  it('counts a line as lost when the spool fails', async () => {
    const { call } = smallCall();
    server.behave('close');
    const play = player({ spool: () => Promise.reject(new Error('disk full')) });
    await play.send(call);
    expect(play.stats()).to.include({ lost: 1, spooled: 0 });
    expect(play.stats().errors).to.include({ 'spool: disk full': 1 });
  });
});

// Against a real Asterisk, with the manager user of the sample PBX: what the fake plays must be what Asterisk does.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Asterisk, startAsterisk } from '../../scripts/lab/asterisk.js';
import { type Ami, type AmiError, type AmiMessage, type AmiOptions, connectAmi } from '../../src/ami/index.js';
import { NOTHING_YET, reconcile } from '../../src/reconcile/index.js';
import { testLog, until } from './fake.js';

const EXTENSIONS = `[sink]
exten => s,1,Answer()
 same => n,Wait(60)
exten => short,1,Answer()
exten => busy,1,Busy(1)
exten => nobody,1,Wait(60)
`;
const COMPLETE = 'CoreShowChannelsComplete';
const MANAGER = new URL('../../dialplan/pbx/manager.conf', import.meta.url);

describe('src/ami on Asterisk', function () {
  this.timeout(120_000);
  let asterisk: Asterisk;
  let amis: Ami[] = [];

  before(async () => {
    asterisk = await startAsterisk({
      conf: { 'extensions.conf': EXTENSIONS, 'manager.conf': readFileSync(MANAGER, 'utf8') },
    });
  });
  after(() => asterisk?.remove());
  afterEach(async () => {
    await Promise.all(amis.splice(0).map((ami) => ami.close()));
    amis = [];
    await asterisk.start();
  });

  const connect = (more: Partial<AmiOptions> = {}) => {
    const { amiPort: port, amiUser: user, amiSecret: secret } = asterisk;
    const quick = { backoffMs: 100, maxBackoffMs: 500, refusedMs: 500 };
    const ami = connectAmi({ host: '127.0.0.1', port, user, secret, log: testLog(), ...quick, ...more });
    amis.push(ami);
    const events: AmiMessage[] = [];
    ami.on('event', (message) => events.push(message));
    return { ami, events };
  };
  const up = async (more: Partial<AmiOptions> = {}) => {
    const made = connect(more);
    await until('AMI is up', () => made.ami.state().up, 10_000);
    return made;
  };
  const originate = (ami: Ami, id: string, exten = 's') => {
    const channel = {
      Channel: `Local/${exten}@sink/n`,
      Context: 'sink',
      Exten: 's',
      Priority: 1,
      Async: true,
      Timeout: 1500,
    };
    const Variable = { __DH_CALL: id, __DH_QUEUES: 'sales&help', __DH_ODD: `$\{EPOCH} a=b|c;d (e` };
    return ami.action('Originate', { ...channel, ChannelId: id, OtherChannelId: `${id}-2`, Variable }, { id });
  };
  const channels = (ami: Ami) => ami.list('CoreShowChannels', {}, { complete: COMPLETE });
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: AmiError) => error,
    );

  it('logs in, lists nothing, and hears of no events that were not asked for', async () => {
    const { ami, events } = await up({ events: 'off' });
    expect(await channels(ami)).to.deep.equal([]);
    await originate(ami, 'c-quiet', 'short');
    await until('the channels to be gone', async () => (await channels(ami)).length === 0);
    expect(events).to.deep.equal([]);
  });

  it('is told of a wrong password and of an unknown user', async () => {
    for (const wrong of [{ secret: 'wrong' }, { user: 'nobody' }]) {
      const { ami } = connect(wrong);
      const error = await until('a refusal', () => ami.state().error, 10_000);
      expect(error).to.match(/refused user "\w+": Authentication failed$/);
      expect((await refusal(ami.action('Ping')))?.code).to.equal('down');
    }
  });

  it('a click’s ids and variables arrive as they were given', async () => {
    const { ami, events } = await up();
    expect((await originate(ami, 'c-1')).get('message')).to.equal('Originate successfully queued');
    const response = await until('OriginateResponse', () =>
      events.find((one) => one.get('event') === 'OriginateResponse'),
    );
    expect([response.get('actionid'), response.get('response'), response.get('reason')]).to.deep.equal([
      'c-1',
      'Success',
      '4',
    ]);
    const items = await channels(ami);
    expect(items.map((item) => item.get('uniqueid'))).to.include.members(['c-1', 'c-1-2']);
    expect(items.map((item) => item.get('linkedid'))).to.deep.equal(items.map(() => 'c-1'));
    const shown = await asterisk.cli(`core show channel ${items[0]?.get('channel')}`);
    expect(shown)
      .to.contain('DH_QUEUES=sales&help')
      .and.contain('DH_ODD=$' + '{EPOCH} a=b|c;d (e');
    await asterisk.cli('channel request hangup all');
    await until('the channels to be gone', async () => (await channels(ami)).length === 0);
  });

  it('an Originate that comes to nothing says why', async () => {
    const { ami, events } = await up();
    const reasonOf = async (id: string) => {
      const one = await until(`the response of ${id}`, () =>
        events.find((event) => event.get('event') === 'OriginateResponse' && event.get('actionid') === id),
      );
      return `${one.get('response')} ${one.get('reason')}`;
    };
    await originate(ami, 'c-busy', 'busy');
    expect(await reasonOf('c-busy')).to.equal('Failure 5');
    await originate(ami, 'c-nobody', 'nobody');
    expect(await reasonOf('c-nobody')).to.equal('Failure 3');
    await originate(ami, 'c-missing', 'missing');
    expect(await reasonOf('c-missing')).to.equal('Failure 0');
    await originate(ami, 'c-twice');
    expect(await reasonOf('c-twice')).to.equal('Success 4');
    await originate(ami, 'c-twice').catch(() => undefined);
    await until(
      'the second one to be refused',
      () => events.filter((event) => event.get('actionid') === 'c-twice').length > 1,
    );
    const again = events.filter((event) => event.get('actionid') === 'c-twice').at(-1);
    expect(again?.get('response')).to.equal('Failure');
    const error = await refusal(
      ami.action('Originate', { Channel: 'Local/s@sink', Context: 'sink', Exten: 'x', Priority: 1 }),
    );
    expect([error?.code, error?.reason]).to.deep.equal(['refused', 'Extension does not exist.']);
    await asterisk.cli('channel request hangup all');
  });

  it('the manager user may not do more than it needs', async () => {
    const { ami } = await up();
    for (const [action, fields] of [
      ['Command', { Command: 'core show channels' }],
      ['Originate', { Channel: 'Local/s@sink', Application: 'System', Data: 'true' }],
      ['GetConfig', { Filename: 'manager.conf' }],
      ['Hangup', { Channel: 'all' }],
      ['UserEvent', { UserEvent: 'x' }],
      ['DBGet', { Family: 'a', Key: 'b' }],
    ] as const) {
      const error = await refusal(ami.action(action, fields));
      expect(error?.code, action).to.equal('refused');
    }
  });

  it('takes the longest line and the most lines that src/ami lets through', async () => {
    const { ami } = await up();
    const to = { Channel: 'Local/short@sink/n', Context: 'sink', Exten: 'short', Priority: 1, Async: true };
    await ami.action('Originate', { ...to, Variable: { A: 'x'.repeat(1000 - 'Variable: A=: '.length) } });
    const many = Object.fromEntries(Array.from({ length: 113 }, (_, n) => [`V${n}`, 'x']));
    await ami.action('Originate', { ...to, Variable: many });
  });

  it('comes back after a crash of the PBX, and compares', async () => {
    const { ami } = await up();
    await originate(ami, 'c-lost');
    await until('two channels', async () => (await channels(ami)).length >= 2);
    const told: string[] = [];
    ami.on('down', () => told.push('down'));
    ami.on('up', () => told.push('up'));
    await asterisk.kill();
    await until('AMI is down', () => !ami.state().up, 10_000);
    await asterisk.start();
    await until('AMI is up', () => ami.state().up, 10_000);
    expect(told).to.deep.equal(['down', 'up']);
    const lines: string[] = [];
    const open = { call: 'c-lost', pbx: 'pbx1', uniqueid: 'c-lost', channel: 'Local/s@sink-00000000;1', startedAt: 0 };
    const deps = {
      pbx: 'pbx1',
      ami,
      openChannels: async () => [open],
      knownChannels: async () => new Set<string>(),
      parkedChannels: async () => new Set<string>(),
      operators: async () => [],
      act: async () => undefined,
      behind: () => false,
      longestShiftMs: 0,
      report: (line: string) => lines.push(line),
      log: testLog(),
    };
    const missed = await reconcile({ ...deps, now: () => 1_768_464_000_000 }, NOTHING_YET);
    await reconcile({ ...deps, now: () => 1_768_464_060_000 }, missed);
    expect(lines).to.have.length(1);
  });

  it('an action in the middle of `core stop now` ends, one way or the other', async () => {
    const { ami } = await up();
    const codes = ['done'];
    const act = async () => {
      while (codes.at(-1) === 'done')
        codes.push((await refusal(ami.action('Ping', {}, { timeoutMs: 15_000 })))?.code ?? 'done');
    };
    const acting = act();
    await until('some answers', () => codes.length > 10);
    const stopping = asterisk.cli('core stop now').catch(() => '');
    await acting;
    await stopping;
    // "Asterisk is shutting down" comes as a refusal before the socket is closed.
    expect(codes.at(-1)).to.be.oneOf(['closed', 'refused']);
    await until('AMI is down', () => !ami.state().up, 10_000);
    await asterisk.stop();
  });

  it('finds a frozen PBX by its pings, and comes back when it thaws', async () => {
    const { ami } = await up({ pingMs: 200, pingTimeoutMs: 500 });
    asterisk.freeze();
    try {
      const started = Date.now();
      const error = await until('AMI is down', () => ami.state().error);
      expect(error).to.contain('no answer to a ping within 500 ms');
      expect(Date.now() - started).to.be.below(5000);
    } finally {
      asterisk.thaw();
    }
    await until('AMI is up', () => ami.state().up, 10_000);
    expect(await channels(ami)).to.deep.equal([]);
  });
});

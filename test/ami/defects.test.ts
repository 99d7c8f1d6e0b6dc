// Each known defect of asterisk-manager 0.2.0, played against src/ami.
import { expect } from 'chai';
import sinon from 'sinon';
import type { AmiError, AmiMessage } from '../../src/ami/index.js';
import { block, connectTo, type Script, SECRET, startFake, until, upTo } from './fake.js';

const failure = (promise: Promise<unknown>): Promise<AmiError> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: AmiError) => error,
  );

describe('src/ami and the defects of its package', () => {
  for (const [name, text] of [
    ['CR LF', '101\r\nApplication: System'],
    ['two CR LF', '101\r\n\r\nAction: Logoff\r\n'],
    ['a lone LF', '101\nData: x'],
    ['a lone CR', '101\rData: x'],
    ['NUL', '101\u0000'],
  ] as const) {
    it(`${name} in a value makes no header and no second action: nothing is sent`, async () => {
      const fake = await startFake();
      const { ami } = await upTo(fake);
      const error = await failure(ami.action('Originate', { Exten: text }));
      expect(error.code).to.equal('unsafe');
      expect(error.message).to.contain('"Exten"').and.not.contain('101');
      expect((await failure(ami.action('Originate', { [text]: 'x' }))).code).to.equal('unsafe');
      expect((await failure(ami.action('Originate', { Variable: { A: text } }))).code).to.equal('unsafe');
      expect((await failure(ami.action('Originate', { Variable: { [text]: 'x' } }))).code).to.equal('unsafe');
      expect((await failure(ami.action(text))).code).to.equal('unsafe');
      await ami.action('Ping');
      expect(fake.actions('Originate')).to.have.length(0);
      expect(fake.actions('Logoff')).to.have.length(0);
    });
  }

  it('an action without an answer ends at its deadline', async () => {
    const fake = await startFake({ Originate: () => undefined });
    const { ami } = await upTo(fake);
    const started = Date.now();
    const error = await failure(ami.action('Originate', {}, { timeoutMs: 40 }));
    expect(error.code).to.equal('timeout');
    expect(Date.now() - started).to.be.within(35, 5000);
  });

  it('an action in flight is rejected when the socket closes', async () => {
    const fake = await startFake({ Originate: (_, session) => session.socket.destroy() });
    const { ami } = await upTo(fake);
    expect((await failure(ami.action('Originate'))).code).to.equal('closed');
  });

  it('what was asked while down is refused at once and never sent later', async () => {
    const fake = await startFake();
    const { ami } = await upTo(fake);
    await fake.shut();
    await until('AMI is down', () => !ami.state().up);
    const error = await failure(ami.action('Originate', { Channel: 'Local/101@somewhere' }));
    expect(error.code).to.equal('down');
    await fake.reopen();
    await until('AMI is up again', () => ami.state().up);
    await ami.action('Ping');
    expect(fake.actions('Originate')).to.have.length(0);
  });

  it('what was asked before the login was through is refused and not sent after it', async () => {
    const held: (() => void)[] = [];
    const fake = await startFake({ Login: (action, session) => held.push(() => session.answer(action)) });
    const { ami } = connectTo(fake);
    await until('the login has arrived', () => held.length > 0);
    expect((await failure(ami.action('Originate'))).code).to.equal('down');
    held[0]?.();
    await until('AMI is up', () => ami.state().up);
    await ami.action('Ping');
    expect(fake.actions('Originate')).to.have.length(0);
  });

  it('the event mask is set by an action of its own, as the login names the header wrongly', async () => {
    const fake = await startFake();
    await upTo(fake, { events: 'call,system' });
    expect(fake.actions('Login')).to.have.length(1);
    expect(fake.actions('Events')[0]?.get('EventMask')).to.equal('call,system');
  });

  it('a wrong password is an error that can be read, and is tried again slowly', async () => {
    const fake = await startFake();
    const { ami, log } = connectTo(fake, { secret: 'wrong', refusedMs: 150, backoffMs: 1 });
    await until('a refusal', () => ami.state().error);
    expect(ami.state()).to.include({ up: false });
    expect(ami.state().error).to.match(/refused user "dialhook": Authentication failed$/);
    const first = Date.now();
    await until('a second attempt', () => fake.sessions.length > 1);
    expect(Date.now() - first).to.be.greaterThan(100);
    expect(JSON.stringify(log.lines)).to.contain('Authentication failed').and.not.contain('wrong');
  });

  it('half a message of a lost connection does not leak into the next one', async () => {
    const fake = await startFake();
    const { ami } = await upTo(fake);
    const events: AmiMessage[] = [];
    ami.on('event', (message) => events.push(message));
    fake.last().write('Event: Hangup\r\nUniqueid: 1.1\r\nCause: 1');
    fake.last().socket.end();
    await until('a second connection', () => fake.sessions.length === 2 && ami.state().up);
    fake.last().event('Newchannel', { Uniqueid: '2.2' });
    await until('the event', () => events.length > 0);
    expect(events[0]?.get('event')).to.equal('Newchannel');
    expect(events[0]?.getAll('uniqueid')).to.deep.equal(['2.2']);
  });

  it('connects again by itself, as often as needed', async () => {
    const fake = await startFake();
    const { ami } = await upTo(fake);
    for (const nth of [2, 3, 4]) {
      fake.last().socket.destroy();
      await until(`connection ${nth}`, () => fake.sessions.length === nth && ami.state().up);
    }
  });

  for (const name of ['Close', 'Error', 'Connect', 'End', 'RawEvent', 'ManagerEvent', 'Response', 'RemoveListener']) {
    it(`an AMI event named ${name} is an event and nothing else`, async () => {
      const fake = await startFake();
      const { ami } = await upTo(fake);
      const events: AmiMessage[] = [];
      let downs = 0;
      ami.on('event', (message) => events.push(message));
      ami.on('down', () => downs++);
      fake.last().event(name, { Privilege: 'call,all' });
      fake.last().event('Newchannel');
      await until('both events', () => events.length >= 2);
      await ami.action('Ping');
      expect(events.map((event) => event.get('event'))).to.deep.equal([name, 'Newchannel']);
      expect([downs, fake.sessions.length, fake.actions('Login').length]).to.deep.equal([0, 1, 1]);
    });
  }

  it('a comma in a variable would be cut there, a quote or a backslash eaten: refused', async () => {
    const fake = await startFake();
    const { ami } = await upTo(fake);
    for (const value of ['a,B=b', 'say "x"', 'a\\b']) {
      const error = await failure(ami.action('Originate', { Variable: { A: value } }));
      expect([error.code, error.message]).to.deep.equal(['unsafe', '"A" holds a comma, a quote or a backslash']);
    }
  });

  it('sorted headers keep their values, and each variable is one line', async () => {
    const fake = await startFake();
    const { ami } = await upTo(fake);
    await ami.action('Originate', {
      Priority: 1,
      Channel: 'Local/s@sink',
      Async: true,
      Variable: { __B: 'b: c=d', A: '1' },
    });
    const action = fake.actions('Originate')[0];
    expect(action?.getAll('Variable')).to.have.members(['__B=b: c=d', 'A=1']);
    expect([action?.get('Priority'), action?.get('Channel'), action?.get('Async')]).to.deep.equal([
      '1',
      'Local/s@sink',
      'true',
    ]);
    expect(action?.lines).to.have.length(7);
  });

  it('repeated keys are lists; __proto__ and constructor are ordinary keys', async () => {
    const fake = await startFake();
    const { ami } = await upTo(fake);
    const events: AmiMessage[] = [];
    ami.on('event', (message) => events.push(message));
    const odd = [
      'Output: one',
      'Output: two',
      '__proto__: p',
      '__proto__: q',
      'constructor: c',
      'toString: s',
      'length: 9',
    ];
    fake
      .last()
      .write(`Event: Odd\r\n${odd.join('\r\n')}\r\nChanVariable: A=1\r\nChanVariable: B=x=y\r\nVariable: V\r\n\r\n`);
    const event = await until('the event', () => events[0]);
    expect(event.getAll('Output')).to.deep.equal(['one', 'two']);
    expect(event.get('output')).to.equal('one');
    expect(event.getAll('__proto__')).to.deep.equal(['p', 'q']);
    expect(event.getAll('constructor')).to.deep.equal(['c']);
    expect([event.get('tostring'), event.get('length')]).to.deep.equal(['s', '9']);
    expect(event.getAll('chanvariable')).to.deep.equal(['A=1', 'B=x=y']);
    expect(event.get('variable')).to.equal('V');
    expect([event.get('hasownproperty'), event.getAll('valueOf')]).to.deep.equal([undefined, []]);
    expect(Object.hasOwn(Object.prototype, 'p')).to.equal(false);
  });

  it('a half-open link is found by a ping and left', async () => {
    let alive = true;
    const ping: Script[string] = (action, session) => void (alive && session.answer(action));
    const fake = await startFake({ Ping: ping, Slow: () => undefined }, { allowHalfOpen: true });
    const { ami } = await upTo(fake, { pingMs: 20, pingTimeoutMs: 60 });
    await until('some pings', () => fake.actions('Ping').length > 2);
    expect(fake.sessions).to.have.length(1);
    alive = false;
    const waiting = failure(ami.action('Slow', {}, { timeoutMs: 5000 }));
    await until('AMI is down', () => ami.state().error?.includes('no answer to a ping'));
    expect((await waiting).code).to.be.oneOf(['closed', 'down']);
    // Writing to a socket that was only ended would go on for ever.
    await until('the old socket is destroyed', () => {
      fake.sessions[0]?.write('Event: X\r\n\r\n');
      return fake.sessions[0]?.socket.destroyed;
    });
  });

  it('prints nothing', async () => {
    const spies = [sinon.spy(console, 'log'), sinon.spy(process.stderr, 'write')];
    try {
      const fake = await startFake();
      const { ami, log } = await upTo(fake);
      fake.last().socket.resetAndDestroy();
      await until('a second connection', () => fake.sessions.length === 2 && ami.state().up);
      await fake.shut();
      await until('a refused connect', () => ami.state().error?.includes('ECONNREFUSED'));
      expect(JSON.stringify(log.lines)).to.not.contain(SECRET);
      expect(spies.map((spy) => spy.callCount)).to.deep.equal([0, 0]);
    } finally {
      sinon.restore();
    }
  });

  it('what the package keeps for each answer is dropped, also when none comes', async () => {
    const fake = await startFake({ Mute: () => undefined });
    const { ami } = await upTo(fake);
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    await failure(ami.action('Mute', {}, { id: 'c-once', timeoutMs: 5 }));
    for (let n = 0; n < 30; n++) await failure(ami.action('Mute', {}, { id: 'c-once', timeoutMs: 1 }));
    process.off('warning', note);
    expect(warnings).to.deep.equal([]);
    expect(fake.actions('Mute').every((action) => action.id === 'c-once')).to.equal(true);
  });
});

describe('the fake', () => {
  it('writes blocks as Asterisk does', () => {
    expect(block({ Event: 'A', Key: 1 })).to.equal('Event: A\r\nKey: 1\r\n\r\n');
  });
});

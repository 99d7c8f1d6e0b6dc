import { expect } from 'chai';
import { backoff } from '../../src/ami/backoff.js';
import { type AmiError, type AmiMessage, connectAmi } from '../../src/ami/index.js';
import { block, connectTo, SECRET, startFake, testLog, USER, until, upTo } from './fake.js';

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: AmiError) => error.code,
  );

describe('src/ami: the connection', () => {
  it('says since when it is up, and why it is down', async () => {
    const fake = await startFake();
    const { ami } = connectTo(fake);
    expect(ami.state()).to.include({ up: false, error: null });
    const told: string[] = [];
    ami.on('up', () => told.push('up'));
    ami.on('down', (error) => told.push(error));
    await until('AMI is up', () => ami.state().up);
    expect(ami.state().since).to.be.within(Date.now() - 1000, Date.now());
    await fake.shut();
    await until('a refused connect', () => ami.state().error?.includes('ECONNREFUSED'));
    await fake.reopen();
    await until('AMI is up again', () => ami.state().up);
    expect(ami.state().error).to.equal(null);
    expect(told).to.have.length(3);
    expect(told[1]).to.equal(`AMI 127.0.0.1:${fake.port}: the PBX closed the connection`);
    expect([told[0], told[2]]).to.deep.equal(['up', 'up']);
  });

  it('logs the same trouble once, and no secret', async () => {
    const fake = await startFake();
    await fake.shut();
    const { ami, log } = connectTo(fake, { backoffMs: 1, maxBackoffMs: 2 });
    await until('five attempts', () => log.lines.length >= 5);
    expect(log.lines.filter((line) => line.level === 'warn')).to.have.length(1);
    expect(JSON.stringify(log.lines)).to.not.contain(SECRET);
    expect(await codeOf(ami.action('Ping'))).to.equal('down');
  });

  it('gives up a login whose answer never comes', async () => {
    const fake = await startFake({ Login: () => undefined });
    const { ami } = connectTo(fake, { loginMs: 40 });
    await until('the deadline', () => ami.state().error?.includes('no answer to the login within 40 ms'));
    await until('a second attempt', () => fake.sessions.length > 1);
  });

  it('gives up a server that says nothing at all', async () => {
    const fake = await startFake({ greeting: () => undefined, Login: () => undefined });
    const { ami } = connectTo(fake, { loginMs: 40 });
    await until('the deadline', () => ami.state().error?.includes('within 40 ms'));
  });

  it('gives up a server that does not speak AMI', async () => {
    const fake = await startFake({
      Login: (_, session) => session.write('HTTP/1.1 400 Bad Request\r\nA: b\r\n\r\nhm\r\n\r\n'),
    });
    const { ami } = connectTo(fake, { loginMs: 40 });
    await until('the deadline', () => ami.state().error?.includes('within 40 ms'));
    expect(ami.state().up).to.equal(false);
  });

  it('gives up an address that swallows the connect', async () => {
    const log = testLog();
    const ami = connectAmi({ host: '192.0.2.1', port: 5038, user: USER, secret: SECRET, log, connectMs: 50 });
    try {
      await until('an error', () => ami.state().error);
    } finally {
      await ami.close();
    }
  });

  it('is not up before the mask is answered', async () => {
    const fake = await startFake({ Events: () => undefined });
    const { ami } = connectTo(fake, { loginMs: 50 });
    await until('the mask has been asked for', () => fake.actions('Events')[0]);
    expect(await codeOf(ami.action('Ping'))).to.equal('down');
    await until('the deadline', () => ami.state().error?.includes('Events'));
  });

  it('waits for FullyBooted when asked to, but not for ever', async () => {
    const fake = await startFake();
    const { ami } = connectTo(fake, { bootedMs: 2000 });
    await until('the mask', () => fake.actions('Events')[0]);
    expect(ami.state().up).to.equal(false);
    fake.last().event('FullyBooted', { Status: 'Fully Booted' });
    await until('AMI is up', () => ami.state().up);
    await upTo(fake, { bootedMs: 30 });
  });

  it('reads answers and events that come byte by byte, letters of two bytes too', async () => {
    const fake = await startFake();
    const { ami } = await upTo(fake);
    const events: AmiMessage[] = [];
    ami.on('event', (message) => events.push(message));
    fake.script['Slow'] = (action, session) => {
      const bytes = Buffer.from(
        block({ Event: 'Newchannel', CallerIDName: 'Йосип' }) +
          block({ Response: 'Success', ActionID: action.id, A: 'b' }),
      );
      const feed = (at: number) => {
        if (at < bytes.length) session.socket.write(bytes.subarray(at, at + 1), () => setImmediate(feed, at + 1));
      };
      feed(0);
    };
    expect((await ami.action('Slow')).get('a')).to.equal('b');
    expect(events[0]?.get('CallerIDName')).to.equal('Йосип');
  });

  it('stands a flood of events, and hears the answer in the middle of it', async () => {
    const fake = await startFake();
    const { ami } = await upTo(fake);
    let seen = 0;
    ami.on('event', () => seen++);
    const some = block({ Event: 'VarSet', Channel: 'PJSIP/101-00000001', Variable: 'X', Value: 'y' }).repeat(10_000);
    fake.script['Flood'] = (action, session) => {
      session.write(some);
      session.answer(action);
      session.write(some);
    };
    await ami.action('Flood', {}, { timeoutMs: 15_000 });
    await until('all events', () => seen === 20_000);
    expect(ami.state().up).to.equal(true);
  });

  it('an answer after the deadline is given to nobody', async () => {
    const late: (() => void)[] = [];
    const fake = await startFake({
      Late: (action, session) => late.push(() => session.answer(action, { Whose: action.id })),
    });
    const { ami } = await upTo(fake);
    const events: AmiMessage[] = [];
    ami.on('event', (message) => events.push(message));
    expect(await codeOf(ami.action('Late', {}, { timeoutMs: 20 }))).to.equal('timeout');
    const second = ami.action('Late');
    await until('both actions', () => late.length === 2);
    for (const answer of late) answer();
    expect((await second).get('whose')).to.equal(fake.actions('Late')[1]?.id);
    expect(events).to.have.length(0);
  });

  it('a refusal tells the words of the PBX', async () => {
    const fake = await startFake({
      Originate: (action, session) => session.refuse(action, 'Extension does not exist.'),
    });
    const { ami } = await upTo(fake);
    const error = await ami.action('Originate').catch((reason: AmiError) => reason);
    expect(error).to.include({ code: 'refused', reason: 'Extension does not exist.' });
  });

  it('a listener that throws harms neither the stream nor the others', async () => {
    const fake = await startFake();
    const { ami, log } = await upTo(fake);
    let seen = 0;
    ami.on('event', () => {
      throw new Error('a bug');
    });
    const stop = ami.on('event', () => seen++);
    fake.last().write(block({ Event: 'A' }) + block({ Event: 'B' }));
    await until('both events', () => seen === 2);
    expect(log.lines.filter((line) => line.level === 'error')).to.have.length(2);
    stop();
    fake.last().event('C');
    await ami.action('Ping');
    expect(seen).to.equal(2);
  });

  it('ids are never used twice, over connections too', async () => {
    const fake = await startFake();
    const { ami } = await upTo(fake);
    await ami.action('Ping');
    fake.last().socket.destroy();
    await until('a second connection', () => fake.sessions.length === 2 && ami.state().up);
    await ami.action('Ping');
    const ids = fake.sessions.flatMap((session) => session.actions.map((action) => action.id));
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('takes an id of the caller once at a time, and only a click id', async () => {
    const fake = await startFake({ Slow: () => undefined });
    const { ami } = await upTo(fake);
    const first = codeOf(ami.action('Slow', {}, { id: 'c-1', timeoutMs: 50 }));
    expect(await codeOf(ami.action('Slow', {}, { id: 'c-1' }))).to.equal('unsafe');
    expect(await codeOf(ami.action('Slow', {}, { id: 'error' }))).to.equal('unsafe');
    expect(await codeOf(ami.action('Slow', {}, { id: 'c-1\r\nX: y' }))).to.equal('unsafe');
    expect(await first).to.equal('timeout');
  });
});

describe('src/ami: close', () => {
  it('rejects what waits, refuses what comes, says goodbye and stays away', async () => {
    const fake = await startFake({ Slow: () => undefined });
    const { ami } = await upTo(fake);
    const waiting = codeOf(ami.action('Slow', {}, { timeoutMs: 5000 }));
    await until('the action has arrived', () => fake.actions('Slow')[0]);
    let goodbye = false;
    fake.last().socket.on('end', () => {
      goodbye = true;
    });
    await ami.close();
    expect(await waiting).to.equal('closed');
    expect(await codeOf(ami.action('Ping'))).to.equal('down');
    expect(goodbye).to.equal(true);
    expect(ami.state()).to.include({ up: false, error: 'AMI is closed' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(fake.sessions).to.have.length(1);
    await ami.close();
  });

  it('ends an attempt that is under way, and the pause between two', async () => {
    const fake = await startFake({ Login: () => undefined });
    const { ami } = connectTo(fake);
    await until('the login', () => fake.actions('Login')[0]);
    await ami.close();
    await until('the socket is gone', () => fake.last().socket.destroyed);
    await fake.shut();
    const other = connectTo(fake, { backoffMs: 50, maxBackoffMs: 50 });
    await until('a failed attempt', () => other.ami.state().error);
    await other.ami.close();
    await fake.reopen();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(fake.sessions).to.have.length(1);
  });

  it('does not wait for a PBX that does not close', async () => {
    const fake = await startFake({}, { allowHalfOpen: true });
    const { ami } = await upTo(fake);
    const started = Date.now();
    await ami.close();
    expect(Date.now() - started).to.be.within(200, 5000);
  });
});

describe('src/ami: options', () => {
  const options = { host: '127.0.0.1', port: 5038, user: USER, secret: SECRET, log: testLog() };

  it('refuses what can never work', () => {
    expect(() => connectAmi({ ...options, port: 70_000 })).to.throw(RangeError, 'port 70000');
    expect(() => connectAmi({ ...options, secret: 'a\r\nEvents: on' })).to.throw('"Secret" holds a line break');
    expect(() => connectAmi({ ...options, user: 'a\nb' })).to.throw('"Username" holds a line break');
  });

  it('waits longer after each failure, up to a limit, and never two servers alike', () => {
    expect([0, 1, 2, 3, 4, 5, 99].map((attempt) => backoff(attempt, 1000, 30_000, 1))).to.deep.equal([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
    expect(backoff(1, 1000, 30_000, 0)).to.equal(1000);
    const some = Array.from({ length: 20 }, () => backoff(3, 1000, 30_000));
    expect(new Set(some).size).to.be.greaterThan(10);
    for (const one of some) expect(one).to.be.within(4000, 8000);
  });
});

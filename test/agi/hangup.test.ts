import { expect } from 'chai';
import type { AgiChannel } from '../../src/agi/index.js';
import { bystander, ordinary } from './bystander.js';
import { dial } from './client.js';
import { serve, until } from './server.js';

describe('agi: HANGUP', () => {
  it('between a command and its answer: the answer is still the answer', async () => {
    const seen: unknown[] = [];
    const { port } = await serve({
      '/demo1': async (channel) => {
        channel.on('hangup', () => seen.push('hangup'));
        seen.push((await channel.getVariable('X')).data, channel.hungup);
        seen.push((await channel.setVariable('DONE', 1)).result);
      },
      '/ordinary': ordinary,
    });
    const other = await bystander(port);
    const call = dial({ port });
    await call.command();
    call.send('HANGUP\n200 result=1 (value)\n');
    expect(await call.command()).to.equal('SET VARIABLE "DONE" "1"');
    call.answer('200 result=1');
    expect(await call.end()).to.equal('closed');
    expect(seen).to.deep.equal(['hangup', 'value', true, 1]);
    await other.done();
  });

  it('and no answer ever: the promise rejects within graceMs, the session ends', async () => {
    const seen: unknown[] = [];
    const { port, app } = await serve(
      { '/demo1': (c) => c.getData('beep').catch((error) => seen.push(error.code)) },
      { graceMs: 50 },
    );
    const call = dial({ port });
    await call.command();
    const start = Date.now();
    call.answer('HANGUP');
    expect(await call.end()).to.equal('closed');
    expect(Date.now() - start).to.be.within(50, 5000);
    await until('it rejects', () => seen.length > 0);
    expect(seen).to.deep.equal(['hangup']);
    expect(app.stats().open).to.equal(0);
  });

  it('and Asterisk closes at once (AGIEXITONHANGUP): all that waits or is queued rejects with hangup', async () => {
    const seen: unknown[] = [];
    const { port } = await serve({
      '/demo1': (channel) => {
        for (const name of ['A', 'B', 'C'])
          channel.getVariable(name).catch((error) => seen.push([error.code, error.command]));
      },
    });
    const call = dial({ port });
    await call.command();
    call.socket.end('HANGUP\n');
    await until('all reject', () => seen.length === 3);
    expect(seen).to.deep.equal(Array(3).fill(['hangup', 'GET VARIABLE']));
  });

  it('while a script thinks: it is told, may finish, and is ended when it does nothing', async () => {
    const events: string[] = [];
    const { port, app } = await serve(
      {
        '/demo1': (channel: AgiChannel) => {
          channel.on('hangup', () => events.push('hangup'));
          channel.on('close', () => events.push('close'));
        },
      },
      { graceMs: 50 },
    );
    const call = dial({ port });
    call.answer('HANGUP');
    expect(await call.end()).to.equal('closed');
    await until('it is told', () => events.length === 2);
    expect(events).to.deep.equal(['hangup', 'close']);
    expect(app.stats().errors.think_timeout).to.equal(0);
  });

  it('twice, or before the first command: told once, commands go on as Asterisk allows them', async () => {
    let hangups = 0;
    const { port } = await serve({
      '/demo1': async (channel) => {
        channel.on('hangup', () => hangups++);
        await new Promise((resolve) => channel.on('hangup', () => resolve(null)));
        await channel.setVariable('X', 1);
      },
    });
    const call = dial({ port });
    call.send('HANGUP\nHANGUP\n');
    expect(await call.command()).to.equal('SET VARIABLE "X" "1"');
    call.answer('HANGUP');
    call.answer('200 result=1');
    expect(await call.end()).to.equal('closed');
    expect(hangups).to.equal(1);
  });

  it('on a channel that is dead from the start: 511 rejects with dead, allowed commands work', async () => {
    const seen: unknown[] = [];
    const { port, log } = await serve({
      '/demo1': async (channel) => {
        await channel.answer().catch((error) => seen.push(error.code));
        await channel.setVariable('X', 1);
      },
    });
    const call = dial({ port });
    await call.command();
    call.answer('511 Command Not Permitted on a dead channel or intercept routine');
    expect(await call.command()).to.equal('SET VARIABLE "X" "1"');
    call.answer('200 result=1');
    expect(await call.end()).to.equal('closed');
    expect(seen).to.deep.equal(['dead']);
    expect(log.filter((line) => line.level !== 'debug')).to.deep.equal([]);
  });

  it('is no failure of a script that did not look: no error in the log', async () => {
    const { port, log, app } = await serve({
      '/demo1': async (channel) => {
        await channel.getData('beep');
        await channel.sayNumber(1);
      },
    });
    const call = dial({ port });
    await call.command();
    call.socket.end('HANGUP\n');
    await until('the session is over', () => app.stats().open === 0);
    await new Promise(setImmediate);
    expect(app.stats().errors.script).to.equal(0);
    expect(log.filter((line) => line.level !== 'debug')).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import { bystander, ordinary } from './bystander.js';
import { dial, environment, open } from './client.js';
import { serve, until } from './server.js';

/** Runs it and gives the time it took, in ms. */
async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

describe('agi: time limits', () => {
  it('ends who never sends the blank line, however busily', async () => {
    const { port, app } = await serve({ '/ordinary': ordinary }, { headerTimeoutMs: 80 });
    const other = await bystander(port);
    const silent = open(port);
    const dripping = open(port);
    const drip = setInterval(() => dripping.send('agi_x: y\n'), 10);
    const spent = await timed(() => Promise.all([silent.end(), dripping.end()]));
    clearInterval(drip);
    expect(spent).to.be.within(70, 5000);
    expect(app.stats().errors.header_timeout).to.equal(2);
    await other.done();
  });

  it('ends a script that thinks for too long, with a line on the console; its later commands reject', async () => {
    const seen: unknown[] = [];
    const { port, app, log } = await serve(
      {
        '/demo1': async (channel) => {
          await new Promise((resolve) => channel.on('close', () => resolve(null)));
          await channel.setVariable('X', 1).catch((error) => seen.push(error.code));
        },
        '/ordinary': ordinary,
      },
      { thinkMs: 80 },
    );
    const call = dial({ port });
    let line = '';
    const spent = await timed(async () => {
      line = await call.command();
    });
    expect(spent).to.be.within(75, 5000);
    expect(line).to.equal('VERBOSE "dialhook: script /demo1 gave no command for 80 ms" "1"');
    call.answer('200 result=1');
    expect(await call.end()).to.equal('closed');
    await until('its command rejects', () => seen.length === 1);
    expect(seen).to.deep.equal(['timeout']);
    expect(app.stats().errors.think_timeout).to.equal(1);
    expect(log.find((entry) => entry['trouble'] === 'think_timeout')).to.include({ level: 'warn', path: '/demo1' });
  });

  it('bounds a script of the fastagi.io kind that forgets close() and one whose command failed', async () => {
    const { port, app } = await serve(
      {
        '/forgets': (channel) => {
          void channel.noop();
        },
        '/catches': (channel) => {
          channel
            .noop()
            .then(() => channel.close())
            .catch(() => {});
        },
      },
      { thinkMs: 60, graceMs: 60 },
    );
    for (const [request, answer] of [
      ['/forgets', '200 result=0'],
      ['/catches', '510 Invalid or unknown command'],
    ] as const) {
      const call = dial({ port, request });
      await call.command();
      call.answer(answer);
      expect(await call.command()).to.match(/gave no command/);
      expect(await call.end()).to.equal('closed');
    }
    expect(app.stats()).to.include({ open: 0 });
  });

  it('counts thinking from the last answer, and not while a command waits at Asterisk', async () => {
    const { port, app } = await serve(
      {
        '/demo1': async (channel) => {
          for (let i = 0; i < 4; i++) {
            await channel.noop();
            await new Promise((resolve) => setTimeout(resolve, 30));
          }
        },
      },
      { thinkMs: 120 },
    );
    const call = dial({ port });
    for (let i = 0; i < 4; i++) {
      await call.command();
      await new Promise((resolve) => setTimeout(resolve, i === 0 ? 300 : 1));
      call.answer('200 result=0');
    }
    expect(await call.end()).to.equal('closed');
    expect(app.stats().errors.think_timeout).to.equal(0);
  });

  it('ends a session in which Asterisk says nothing for idleMs', async () => {
    const seen: unknown[] = [];
    const { port, app } = await serve(
      { '/demo1': (c) => c.exec('Dial', 'PJSIP/101').catch((error) => seen.push(error.code)) },
      { idleMs: 80 },
    );
    const call = dial({ port });
    await call.command();
    expect(await timed(() => call.end())).to.be.within(70, 5000);
    await until('the command rejects', () => seen.length === 1);
    expect(seen).to.deep.equal(['timeout']);
    expect(app.stats().errors.idle_timeout).to.equal(1);
  });

  for (const begun of ['200 result=1 (no end', '200 result=1 (no end\n', '520-Invalid command syntax.\nUsage:\n']) {
    it(`ends a session whose answer begins and does not end: ${JSON.stringify(begun)}`, async () => {
      const seen: unknown[] = [];
      const { port, app } = await serve(
        { '/demo1': (c) => c.noop().catch((error) => seen.push(error.code)) },
        { headerTimeoutMs: 60 },
      );
      const call = dial({ port });
      await call.command();
      call.send(begun);
      expect(await call.end()).to.equal('closed');
      await until('the command rejects', () => seen.length === 1);
      expect(seen).to.deep.equal(['timeout']);
      expect(app.stats().errors.idle_timeout).to.equal(1);
    });
  }

  it('lets Infinity be no limit', async () => {
    const { port } = await serve(
      { '/demo1': () => {} },
      { thinkMs: Infinity, idleMs: Infinity, graceMs: 20, headerTimeoutMs: 20 },
    );
    const call = dial({ port });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(call.ended).to.equal(null);
  });

  it('reads a slow but honest caller: the environment in many packets', async () => {
    const { port } = await serve({ '/demo1': (c) => c.noop() }, { headerTimeoutMs: 2_000 });
    const call = open(port);
    for (const line of environment({})) {
      call.send(`${line}\n`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    call.send('\n');
    expect(await call.command()).to.equal('NOOP');
  });
});

import { expect } from 'chai';
import type { AgiChannel, AgiError } from '../../src/agi/index.js';
import { bystander, ordinary } from './bystander.js';
import { type Call, dial, environment, open } from './client.js';
import { serve, until } from './server.js';

const header = `${environment({}).join('\n')}\n\n`;

/** A script of several commands that keeps what became of each. */
function busy(seen: unknown[]) {
  return async (channel: AgiChannel) => {
    for (let i = 0; i < 5; i++) {
      const what = await channel.setVariable(`V${i}`, i).then(
        (reply) => reply.code,
        (error) => (error as AgiError).code,
      );
      seen.push(what);
    }
  };
}

/** Ways to lose a caller, at each point of a session. */
const LOSSES: Array<[string, (call: Call) => void]> = [
  ['a reset', (call) => call.reset()],
  ['a half-closed connection', (call) => call.socket.end()],
  ['a vanished process', (call) => call.socket.destroy()],
];

describe('agi: broken connections', () => {
  for (const [name, lose] of LOSSES) {
    for (const [where, bytes] of [
      ['before a byte', 0],
      ['in the first line', 5],
      ['in the middle of the environment', header.length >> 1],
      ['before the blank line', header.length - 1],
    ] as const) {
      it(`${name} ${where}: the server goes on`, async () => {
        const { port, app } = await serve({ '/demo1': () => {}, '/ordinary': ordinary });
        const other = await bystander(port);
        const call = open(port);
        call.send(header.slice(0, bytes));
        await until('the server has it', () => app.stats().open === 2);
        lose(call);
        await until('the session is gone', () => app.stats().open === 1);
        expect(app.stats().errors.early_close + app.stats().errors.broken).to.equal(1);
        await other.done();
      });
    }

    for (let answered = 0; answered <= 4; answered++) {
      it(`${name} after ${answered} answers: the command that waits rejects, and those behind it`, async () => {
        const seen: unknown[] = [];
        const { port, app } = await serve({ '/demo1': busy(seen), '/ordinary': ordinary });
        const other = await bystander(port);
        const call = dial({ port });
        for (let i = 0; i < answered; i++) {
          await call.command();
          call.answer('200 result=1');
        }
        await call.command();
        lose(call);
        await until('all have settled', () => seen.length === 5);
        expect(seen).to.deep.equal([...Array(answered).fill(200), ...Array(5 - answered).fill('closed')]);
        expect(app.stats().open).to.equal(1);
        await other.done();
      });
    }
  }

  it('a reset on an unknown path, with the console line on its way', async () => {
    const { port, app } = await serve({ '/ordinary': ordinary });
    const other = await bystander(port);
    const call = dial({ port, request: '/nosuch' });
    call.reset();
    const second = dial({ port, request: '/nosuch' });
    await second.command();
    second.reset();
    await until('both are gone', () => app.stats().open === 1);
    await other.done();
  });

  it('a reset while a script thinks: it hears error and close, once each', async () => {
    const events: string[] = [];
    const { port } = await serve({
      '/demo1': (channel) => {
        channel.on('error', (error) => events.push(`error ${(error as NodeJS.ErrnoException).code}`));
        channel.on('close', () => events.push('close'));
      },
    });
    const call = dial({ port });
    await new Promise((resolve) => setTimeout(resolve, 30));
    call.reset();
    await until('it hears', () => events.length === 2);
    expect(events).to.deep.equal(['error ECONNRESET', 'close']);
  });

  it('a storm of resets: every one counted, none harmful', async () => {
    const { port, app } = await serve({ '/demo1': busy([]), '/ordinary': ordinary });
    const other = await bystander(port);
    for (let round = 0; round < 10; round++) {
      const calls = Array.from({ length: 30 }, () => dial({ port }));
      await Promise.all(calls.map((call) => call.command()));
      for (const call of calls) call.reset();
    }
    await until('all are gone', () => app.stats().open === 1);
    expect(app.stats().errors.broken).to.equal(300);
    await other.done();
  });

  it('a caller that answers and never reads: a stop does not wait for it', async () => {
    const { port, app } = await serve(
      {
        '/demo1': async (channel) => {
          for (let i = 0; i < 10_000; i++) await channel.setVariable('X', 'x'.repeat(2000));
        },
      },
      { closeMs: 50, maxLines: 100_000 },
    );
    const call = dial({ port });
    await call.command();
    call.socket.pause();
    // Some 8 MB of commands: more than the kernel takes for one connection.
    for (let i = 0; i < 4_000; i++) {
      call.answer('200 result=1');
      await new Promise(setImmediate);
    }
    await app.close();
    expect(app.stats().open).to.equal(0);
  });

  it('garbage in every phase', async () => {
    const { port, app } = await serve({ '/demo1': busy([]), '/ordinary': ordinary });
    const other = await bystander(port);
    const garbage = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251));
    const first = open(port);
    first.socket.write(garbage);
    const second = dial({ port });
    await second.command();
    second.socket.write(garbage);
    first.reset();
    second.reset();
    await until('both are gone', () => app.stats().open === 1);
    await other.done();
  });
});

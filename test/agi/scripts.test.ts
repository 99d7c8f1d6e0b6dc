import { expect } from 'chai';
import type { AgiChannel } from '../../src/agi/index.js';
import { bystander, ordinary } from './bystander.js';
import { dial } from './client.js';
import { serve, until } from './server.js';

class LookupError extends Error {
  override name = 'LookupError';
}
const fail = (): never => {
  throw new LookupError('no client +998 00 000 00 00');
};

/** Every way in which a script can fail. Each ends its own session with a line on the console. */
const FAILURES: Array<[string, (channel: AgiChannel) => unknown]> = [
  ['throws', fail],
  ['rejects', async () => fail()],
  [
    'rejects after a command',
    async (channel) => {
      await channel.noop();
      fail();
    },
  ],
  [
    'throws in a then that nobody catches',
    (channel) => {
      channel.noop().then(fail);
    },
  ],
  [
    'throws deep in such a chain',
    (channel) => {
      channel
        .noop()
        .then(() => channel.noop())
        .then(fail)
        .then(() => channel.close());
    },
  ],
  [
    'throws in its catch',
    (channel) => {
      channel.noop().then(fail).catch(fail);
    },
  ],
  [
    'throws in its finally',
    (channel) => {
      channel.noop().finally(fail);
    },
  ],
  [
    'throws with commands waiting and queued',
    (channel) => {
      void channel.noop();
      void channel.setVariable('NEVER', 'sent');
      fail();
    },
  ],
];

describe('agi: scripts that fail', () => {
  for (const [name, script] of FAILURES) {
    it(`${name}: a line on the console, the end, nobody else harmed`, async () => {
      const { port, app, log } = await serve({ '/demo1': script, '/ordinary': ordinary });
      const other = await bystander(port);
      const heard = await dial({ port }).serve();
      expect(heard.at(-1)).to.equal('VERBOSE "dialhook: script /demo1 failed: LookupError" "1"');
      expect(heard.slice(0, -1)).to.satisfy((lines: string[]) => lines.every((line) => line === 'NOOP'));
      expect(app.stats().errors.script).to.equal(1);
      const [line] = log.filter((entry) => entry.level === 'error');
      expect(line).to.include({
        trouble: 'script',
        path: '/demo1',
        error: 'LookupError',
        uniqueid: 'pbx1-1763676543.42',
      });
      expect(line?.['at']).to.match(/scripts\.test\.ts/);
      await other.done();
    });
  }

  it('throws in a listener: its session ends, the other listeners run', async () => {
    let closes = 0;
    const { port, app } = await serve({
      '/demo1': (channel) => {
        channel.on('hangup', fail);
        channel.on('close', () => closes++);
      },
    });
    const call = dial({ port });
    call.answer('HANGUP');
    expect(await call.command()).to.match(/failed: LookupError/);
    call.answer('200 result=1');
    expect(await call.end()).to.equal('closed');
    await until('close is heard', () => closes === 1);
    expect(app.stats().errors.script).to.equal(1);
  });

  it('a command refused in a chain without a catch ends the session; one that nobody looks at does not', async () => {
    const { port, app } = await serve({
      '/chain': (channel) => {
        channel.noop().then(() => channel.close());
      },
      '/ignored': (channel) => {
        void channel.noop();
        void channel.setVariable('X', 1);
        channel.close();
      },
    });
    const chain = dial({ port, request: '/chain' });
    await chain.command();
    chain.answer('510 Invalid or unknown command');
    expect(await chain.command()).to.equal('VERBOSE "dialhook: script /chain failed: AgiError" "1"');
    const ignored = dial({ port, request: '/ignored' });
    await ignored.command();
    ignored.answer('510 Invalid or unknown command');
    expect(await ignored.command()).to.equal('SET VARIABLE "X" "1"');
    ignored.answer('200 result=1');
    expect(await ignored.end()).to.equal('closed');
    expect(app.stats().errors.script).to.equal(1);
  });

  it('a console line that is never answered keeps nobody: graceMs', async () => {
    const { port } = await serve({ '/demo1': fail }, { graceMs: 40 });
    const call = dial({ port });
    await call.command();
    expect(await call.end()).to.equal('closed');
  });

  it('one that closes and then fails is told of all the same', async () => {
    const { port, app } = await serve({
      '/demo1': async (channel) => {
        channel.close();
        fail();
      },
    });
    expect(await dial({ port }).end()).to.equal('closed');
    await until('it is counted', () => app.stats().errors.script === 1);
  });

  it('what is no error is named by its type', async () => {
    const { port } = await serve({ '/demo1': () => Promise.reject('+998 00 000 00 00') });
    expect(await dial({ port }).command()).to.equal('VERBOSE "dialhook: script /demo1 failed: thrown string" "1"');
  });
});

describe('agi: the end of a script', () => {
  it('an async one is closed when it is done, an ordinary one when it says so', async () => {
    let later: AgiChannel | undefined;
    const { port } = await serve({
      '/async': async () => {},
      '/chain': (channel) => channel.noop(),
      '/plain': (channel) => {
        later = channel;
      },
    });
    expect(await dial({ port, request: '/async' }).end()).to.equal('closed');
    expect(await dial({ port, request: '/chain' }).serve()).to.deep.equal(['NOOP']);
    const plain = dial({ port, request: '/plain' });
    await until('it ran', () => later !== undefined);
    expect(plain.ended).to.equal(null);
    expect(later?.closed).to.equal(false);
    later?.close();
    expect(await plain.end()).to.equal('closed');
    expect(later?.closed).to.equal(true);
  });

  it('a value that is no promise, but has then, is waited for', async () => {
    const thenable = Object.fromEntries([['then', (done: () => void) => done()]]);
    const { port } = await serve({ '/demo1': () => thenable });
    expect(await dial({ port }).end()).to.equal('closed');
  });
});

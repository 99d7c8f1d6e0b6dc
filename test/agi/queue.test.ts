import { expect } from 'chai';
import { dial } from './client.js';
import { serve, until } from './server.js';

describe('agi: commands in a row', () => {
  it('go out one at a time, in order, each with its own answer', async () => {
    const seen: unknown[] = [];
    const { port } = await serve({
      '/demo1': async (channel) => {
        const names = ['A', 'B', 'C', 'D'];
        seen.push(...(await Promise.all(names.map((name) => channel.getVariable(name)))).map((reply) => reply.data));
      },
    });
    const call = dial({ port });
    for (const name of ['A', 'B', 'C', 'D']) {
      expect(await call.command()).to.equal(`GET VARIABLE "${name}"`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(call.lines.at(-1), 'nothing is sent while a command waits').to.equal(`GET VARIABLE "${name}"`);
      call.answer(`200 result=1 (${name.toLowerCase()})`);
    }
    expect(await call.end()).to.equal('closed');
    expect(seen).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('close() lets those already given go out, and refuses later ones', async () => {
    const seen: unknown[] = [];
    const { port } = await serve({
      '/demo1': (channel) => {
        void channel.setVariable('STATUS', 100);
        void channel.setVariable('CODE', 200);
        channel.close();
        channel.close();
        channel.setVariable('LATE', 1).catch((error) => seen.push(error.code, error.message));
      },
    });
    expect(await dial({ port }).serve()).to.deep.equal(['SET VARIABLE "STATUS" "100"', 'SET VARIABLE "CODE" "200"']);
    expect(seen).to.deep.equal(['closed', 'SET VARIABLE: the session is closed']);
  });

  it('one that is refused does not hold up the next', async () => {
    const { port } = await serve({
      '/demo1': (channel) => {
        void channel.command('NOSUCH');
        void channel.setVariable('BAD', 'a\nb');
        void channel.setVariable('X', 1);
        channel.close();
      },
    });
    const call = dial({ port });
    expect(await call.command()).to.equal('NOSUCH');
    call.answer('510 Invalid or unknown command');
    expect(await call.command()).to.equal('SET VARIABLE "X" "1"');
    call.answer('200 result=1');
    expect(await call.end()).to.equal('closed');
  });

  it('a command given when an answer arrives goes behind those queued before', async () => {
    const { port } = await serve({
      '/demo1': (channel) => {
        channel
          .getVariable('A')
          .then(() => channel.getVariable('A2'))
          .then(() => channel.close());
        void channel.getVariable('B');
      },
    });
    const heard = await dial({ port }).serve();
    expect(heard).to.deep.equal(['GET VARIABLE "A"', 'GET VARIABLE "B"', 'GET VARIABLE "A2"']);
  });

  it('close is heard after close() has returned', async () => {
    const order: string[] = [];
    const { port } = await serve({
      '/demo1': (channel) => {
        channel.on('close', () => order.push('close'));
        channel.close();
        order.push('returned');
      },
    });
    expect(await dial({ port }).end()).to.equal('closed');
    await until('close is heard', () => order.length === 2);
    expect(order).to.deep.equal(['returned', 'close']);
  });
});

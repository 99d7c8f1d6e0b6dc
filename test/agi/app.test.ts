import { once } from 'node:events';
import { expect } from 'chai';
import fastagi, { type AgiOptions } from '../../src/agi/index.js';
import { ordinary } from './bystander.js';
import { dial, open } from './client.js';
import { serve, until } from './server.js';

describe('agi: paths', () => {
  it('an unknown one ends at once, with a line on the console and one in the log', async () => {
    const { port, app, log } = await serve({ '/ordinary': ordinary });
    const call = dial({ port, request: '/nosuch?number=%2B998000000000' });
    expect(await call.command()).to.equal('VERBOSE "dialhook: no script is registered under /nosuch" "1"');
    call.answer('200 result=1');
    expect(await call.end()).to.equal('closed');
    expect(app.stats()).to.deep.include({ open: 0, total: 1 });
    expect(app.stats().errors.unknown_path).to.equal(1);
    expect(log).to.deep.equal([
      {
        level: 'warn',
        message: 'no script is registered under this path; the call goes on',
        trouble: 'unknown_path',
        count: 1,
        path: '/nosuch',
        uniqueid: 'pbx1-1763676543.42',
      },
    ]);
  });

  it('an unknown one is shown without control characters, and cut', async () => {
    const { port } = await serve({});
    const line = await dial({ port, request: `/\x1b[2J"\\${'x'.repeat(3000)}` }).command();
    expect(line).to.match(/^VERBOSE "dialhook: no script is registered under \/\?\[2J\\"\\\\x+" "1"$/);
    expect(line.length).to.be.below(200);
  });

  it('are exact: no prefix, no trailing slash, no property of an object', async () => {
    const { port, app } = await serve({ '/demo1': ordinary });
    for (const request of ['/demo1/', '/demo', '/demo11', '/Demo1', '/__proto__', '/constructor', '/toString', '/']) {
      expect(await dial({ port, request }).command()).to.match(/^VERBOSE "dialhook: no script/);
    }
    expect(app.stats().errors.unknown_path).to.equal(8);
  });

  it('registered twice, or without a slash, throw', () => {
    const app = fastagi();
    app.agi('/demo1', () => {});
    expect(() => app.agi('/demo1', () => {})).to.throw('AGI path "/demo1" is registered twice');
    expect(() => app.agi('demo2', () => {})).to.throw('AGI path "demo2" must begin with "/"');
  });

  it('may be registered while the server runs, and with methods taken off the app', async () => {
    const { app, port } = await serve({});
    const { agi } = app;
    agi('/late', (channel) => channel.close());
    expect(await dial({ port, request: '/late' }).end()).to.equal('closed');
  });
});

describe('agi: listen', () => {
  it('takes a port as a number or as text, calls back, and gives the server', async () => {
    for (const port of [0, '0']) {
      const app = fastagi();
      expect(app.address()).to.equal(null);
      const server = await new Promise<ReturnType<typeof app.listen>>((resolve) => {
        const made = app.listen(port, () => resolve(made));
      });
      expect(server.listening).to.equal(true);
      expect(app.address()).to.include({ address: '127.0.0.1', family: 'IPv4' });
      await app.close();
      expect(app.address()).to.equal(null);
    }
  });

  it('refuses what is no port, and names it', () => {
    for (const port of ['', 'x', -1, 65_536, 1.5, Number.NaN]) {
      expect(() => fastagi().listen(port)).to.throw(TypeError, 'is not a port');
    }
  });

  it('says when the port is taken', async () => {
    const { port } = await serve({});
    const server = fastagi().listen(port);
    const [error] = await once(server, 'error');
    expect(error).to.include({ code: 'EADDRINUSE' });
  });

  it('refuses an option that is unknown or wrong, and names what is allowed', () => {
    const bad: Array<[object, string]> = [
      [{ thinkMS: 1 }, 'fastagi option "thinkMS" is unknown; known are host, backlog,'],
      [{ backlog: 0 }, 'fastagi option "backlog" is 0; it must be a whole number above 0'],
      [{ backlog: Number.POSITIVE_INFINITY }, 'fastagi option "backlog" is Infinity'],
      [{ thinkMs: '5' }, 'fastagi option "thinkMs" is 5; it must be a whole number above 0, or Infinity'],
      [{ host: '' }, 'fastagi option "host" is ; it must be an address'],
    ];
    for (const [options, message] of bad) expect(() => fastagi(options as AgiOptions)).to.throw(TypeError, message);
    expect(() => fastagi({ thinkMs: undefined })).to.not.throw();
  });
});

describe('agi: close', () => {
  it('stops accepting, lets the open sessions end by themselves, then resolves', async () => {
    const { app, port } = await serve({ '/ordinary': ordinary }, { closeMs: 3_000 });
    const call = dial({ port, request: '/ordinary' });
    await call.command();
    let closed = false;
    const closing = app.close().then(() => {
      closed = true;
    });
    expect(await open(port).end()).to.equal('ECONNREFUSED');
    call.answer('200 result=1 (John Smith)');
    expect(await call.command()).to.equal('SET VARIABLE "GREETING" "Hello John Smith"');
    expect(closed).to.equal(false);
    call.answer('200 result=1');
    expect(await call.end()).to.equal('closed');
    await closing;
    expect(app.stats().open).to.equal(0);
  });

  it('ends those that do not, at closeMs; their commands reject', async () => {
    const seen: unknown[] = [];
    const { app, port } = await serve(
      { '/demo1': (c) => c.getData('beep').catch((error) => seen.push(error.code)), '/thinks': () => {} },
      { closeMs: 60 },
    );
    const waits = dial({ port });
    await waits.command();
    const thinks = dial({ port, request: '/thinks' });
    const silent = open(port);
    await until('three are open', () => app.stats().open === 3);
    const start = Date.now();
    await app.close();
    expect(Date.now() - start).to.be.within(50, 5000);
    for (const call of [waits, thinks, silent]) expect(await call.end()).to.equal('closed');
    expect(seen).to.deep.equal(['closed']);
  });

  it('twice is once, and before listen() it is nothing', async () => {
    const app = fastagi();
    await Promise.all([app.close(), app.close()]);
    const { app: running } = await serve({});
    await Promise.all([running.close(), running.close()]);
  });
});

describe('agi: log and counters', () => {
  it('keep the caller out of everything above debug', async () => {
    const secrets = ['555-0100', 'Example', '998000000000', 'secret'];
    const { port, log, app } = await serve(
      {
        '/demo1': async (channel) => {
          await channel.setVariable('NAME', 'secret\n').catch(() => {});
          throw new Error(`no client ${channel.env.get('agi_callerid')}`);
        },
        '/slow': () => {},
      },
      { thinkMs: 30 },
    );
    for (const request of ['/demo1?number=998000000000', '/slow?number=998000000000', '/nosuch?number=998000000000']) {
      const heard = await dial({ port, request, args: ['secret'] }).serve();
      for (const secret of secrets) expect(heard.join()).to.not.contain(secret);
    }
    expect(app.stats().errors).to.include({ script: 1, think_timeout: 1, unknown_path: 1, command: 1 });
    const loud = JSON.stringify(log.filter((line) => line.level !== 'debug'));
    for (const secret of secrets) expect(loud).to.not.contain(secret);
    expect(
      log.some(
        (line) => line.level === 'debug' && (line['err'] as Error | undefined)?.message === 'no client 555-0100',
      ),
    ).to.equal(true);
  });

  it('bound what a stranger can write into the log; the counters have it all', async () => {
    const { port, log, app } = await serve({});
    for (let i = 0; i < 30; i++) {
      const call = open(port);
      call.send('\n');
      await call.end();
    }
    expect(app.stats().errors.bad_header).to.equal(30);
    expect(log.filter((line) => line['trouble'] === 'bad_header').length).to.be.within(1, 20);
  });

  it('has every counter from the start', () => {
    const { errors, ...rest } = fastagi().stats();
    expect(rest).to.deep.equal({ open: 0, total: 0, refused: 0 });
    expect(Object.keys(errors)).to.include.members(['unknown_path', 'script', 'broken', 'header_timeout', 'command']);
    expect(Object.values(errors).every((count) => count === 0)).to.equal(true);
  });
});

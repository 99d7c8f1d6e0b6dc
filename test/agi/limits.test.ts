import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { DEFAULTS } from '../../src/agi/index.js';
import { bystander, ordinary } from './bystander.js';
import { type Call, dial, environment, open } from './client.js';
import { serve, until } from './server.js';

/** Sends until the server ends the connection or all is sent; gives the bytes that the kernel took. */
async function flood(call: Call, piece: Buffer, total: number): Promise<number> {
  let sent = 0;
  while (sent < total && call.ended === null) {
    sent += piece.length;
    if (!call.socket.write(piece)) {
      await Promise.race([new Promise((resolve) => call.socket.once('drain', resolve)), call.end()]);
    }
  }
  await call.end();
  return sent;
}

const MB = 1024 * 1024;

describe('agi: limits', () => {
  for (const [where, before] of [
    ['in the environment', ''],
    ['in place of an answer', `${environment({}).join('\n')}\n\n`],
  ] as const) {
    it(`resets 64 MB without a newline ${where}: no CPU, no memory, nobody else harmed`, async () => {
      const { port, app } = await serve({ '/demo1': (c) => c.getVariable('X'), '/ordinary': ordinary });
      const other = await bystander(port);
      const memory = process.memoryUsage().rss;
      const cpu = process.cpuUsage();
      const call = open(port);
      call.send(before);
      const sent = await flood(call, Buffer.alloc(65_536, 'a'), 64 * MB);
      const { user, system } = process.cpuUsage(cpu);
      expect(call.ended).to.be.oneOf(['ECONNRESET', 'EPIPE']);
      expect(sent).to.be.below(16 * MB);
      expect((user + system) / 1000, 'CPU in ms, the client included').to.be.below(500);
      expect((process.memoryUsage().rss - memory) / MB, 'MB').to.be.below(32);
      expect(app.stats().errors.line_too_long).to.equal(1);
      expect(app.stats().open).to.equal(1);
      await other.done();
    });
  }

  it('resets an endless stream of newlines', async () => {
    const { port, app } = await serve({ '/demo1': (c) => c.getVariable('X'), '/ordinary': ordinary });
    const other = await bystander(port);
    const call = dial({ port });
    await flood(call, Buffer.alloc(65_536, '\n'), 64 * MB);
    expect(app.stats().errors.too_many_lines).to.equal(1);
    await other.done();
  });

  it('takes a line of maxLineBytes and resets one of a byte more', async () => {
    const { port, app } = await serve(
      { '/demo1': (c) => c.setVariable('N', c.env.get('agi_long')?.length) },
      { maxLineBytes: 1000 },
    );
    const fits = dial({ port, last: [`agi_long: ${'x'.repeat(1000 - 'agi_long: '.length)}`] });
    expect(await fits.serve()).to.deep.equal(['SET VARIABLE "N" "990"']);
    const over = dial({ port, last: [`agi_long: ${'x'.repeat(1001 - 'agi_long: '.length)}`] });
    expect(await over.end()).to.equal('ECONNRESET');
    expect(app.stats().errors.line_too_long).to.equal(1);
  });

  it('takes maxLines lines and resets one more', async () => {
    const { port, app } = await serve({ '/demo1': (c) => c.close() }, { maxLines: 40 });
    expect(await dial({ port, last: Array(18).fill('agi_x: y') }).end()).to.equal('closed');
    expect(await dial({ port, last: Array(19).fill('agi_x: y') }).end()).to.be.oneOf(['ECONNRESET', 'EPIPE']);
    expect(app.stats().errors.too_many_lines).to.equal(1);
  });

  it('takes maxHeaderBytes and resets one byte more', async () => {
    const size = `${environment({}).join('\n')}\n\n`.length;
    const { port, app } = await serve({ '/demo1': (c) => c.close() }, { maxHeaderBytes: size + 10 });
    expect(await dial({ port, last: ['x'.repeat(9)] }).end()).to.equal('closed');
    expect(await dial({ port, last: ['x'.repeat(10)] }).end()).to.be.oneOf(['ECONNRESET', 'EPIPE']);
    expect(app.stats().errors.header_too_long).to.equal(1);
  });

  it('bounds an answer of many lines too', async () => {
    const { port, app } = await serve({ '/demo1': (c) => c.command('NOOP x y') }, { maxHeaderBytes: 5000 });
    const call = dial({ port });
    await call.command();
    call.answer('520-Invalid command syntax.  Proper usage follows:');
    await flood(call, Buffer.from(`${'usage '.repeat(100)}\n`), MB);
    expect(app.stats().errors.header_too_long).to.equal(1);
  });

  it('reads what real Asterisk sends at most: 127 arguments, 8,191 bytes of them', async () => {
    const { port } = await serve({ '/demo1': (c) => c.setVariable('N', `${c.args.length} ${c.args[0]?.length}`) });
    const args = Array.from({ length: 127 }, (_, i) => (i === 0 ? 'x'.repeat(8065) : '1'));
    expect(await dial({ port, args }).serve()).to.deep.equal(['SET VARIABLE "N" "127 8065"']);
  });

  it('costs no more when a long line comes in small packets', async () => {
    const { port } = await serve({ '/demo1': (c) => c.close() }, { maxLineBytes: 4 * MB, maxHeaderBytes: 4 * MB });
    const time = async (bytes: number) => {
      const call = dial({ port });
      await call.end();
      const slow = open(port);
      const cpu = process.cpuUsage();
      for (let sent = 0; sent < bytes; sent += 4096) {
        slow.socket.write(Buffer.alloc(4096, 'a'));
        await new Promise(setImmediate);
      }
      slow.send(`\n${environment({}).join('\n')}\n\n`);
      expect(await slow.end()).to.equal('closed');
      const { user, system } = process.cpuUsage(cpu);
      return (user + system) / 1000;
    };
    await time(MB / 2);
    const [half, whole] = [await time(MB / 2), await time(3 * MB)];
    // Six times the bytes: about six times the time. Quadratic would be 36 times.
    expect(whole).to.be.below(Math.max(half, 5) * 18);
  });

  it('closes a session beyond maxSessions at once; those open go on, and a place that is free is given again', async () => {
    const { port, app, log } = await serve({ '/ordinary': ordinary, '/demo1': () => {} }, { maxSessions: 2 });
    const first = dial({ port });
    const second = dial({ port, request: '/ordinary' });
    expect(await second.command()).to.equal('GET VARIABLE "NAME"');
    await until('two are open', () => app.stats().open === 2);
    expect(await open(port).end()).to.be.oneOf(['closed', 'ECONNRESET']);
    expect(app.stats()).to.include({ open: 2, total: 2, refused: 1 });
    expect(log.find((line) => line['trouble'] === 'refused')?.level).to.equal('warn');
    first.reset();
    await until('one has gone', () => app.stats().open === 1);
    const third = dial({ port, request: '/ordinary' });
    expect(await third.command()).to.equal('GET VARIABLE "NAME"');
    second.answer('200 result=0');
    expect(await second.command()).to.equal('SET VARIABLE "GREETING" "Hello null"');
  });

  it('has the defaults that the documentation says', () => {
    const page = readFileSync(new URL('../../docs/agi-library.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+|`[\d.]+`) \|/gm)];
    const documented = rows.map(([, name = '', value = '']) => [
      name,
      value.startsWith('`') ? value.replaceAll('`', '') : Number(value.replaceAll(',', '')),
    ]);
    expect(Object.fromEntries(documented)).to.deep.equal(DEFAULTS);
  });
});

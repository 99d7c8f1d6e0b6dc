import { expect } from 'chai';
import type { AgiChannel } from '../../src/agi/index.js';
import { bystander, ordinary } from './bystander.js';
import { type CallOptions, dial, environment, open } from './client.js';
import { serve } from './server.js';

interface Seen {
  env: ReadonlyMap<string, string>;
  args: readonly string[];
  params: Record<string, unknown>;
  path: string;
  record: Readonly<Record<string, string>>;
}

/** What a script sees of this request. */
async function look(options: Omit<CallOptions, 'port'>, path = '/demo1'): Promise<Seen> {
  const seen: Seen[] = [];
  const script = (c: AgiChannel) => {
    seen.push({ env: c.env, args: c.args, params: c.params, path: c.path, record: c.channelData });
    c.close();
  };
  const { port } = await serve({ [path]: script });
  expect(await dial({ port, ...options }).end()).to.equal('closed');
  const [first] = seen;
  if (!first) throw new Error('the script did not run');
  return first;
}

describe('agi: environment', () => {
  it('gives path, query, arguments and agi_ values', async () => {
    const { env, args, params, path, record } = await look({
      request: '/demo1?x=y&z=%20a',
      args: ['one', '', ' two '],
    });
    expect(path).to.equal('/demo1');
    expect(params).to.deep.equal({ x: 'y', z: ' a' });
    expect(args).to.deep.equal(['one', '', ' two ']);
    expect(env.get('agi_uniqueid')).to.equal('pbx1-1763676543.42');
    expect(env.get('agi_accountcode')).to.equal('');
    expect(record['agi_callerid']).to.equal('555-0100');
  });

  it('keeps UTF-8 as it is', async () => {
    const { env } = await look({ env: { agi_calleridname: 'Йосип "Ўткир" <b>' } });
    expect(env.get('agi_calleridname')).to.equal('Йосип "Ўткир" <b>');
  });

  it('keeps the first value of a key: a later one came in through a value with a newline', async () => {
    const { env, args } = await look({
      args: ['v=1'],
      env: { agi_calleridname: 'one\nagi_channel: PJSIP/evil\nagi_arg_1: forged\nagi_request: agi://x/other' },
    });
    expect(env.get('agi_channel')).to.equal('PJSIP/101-0000002a');
    expect(env.get('agi_request')).to.equal('agi://pbx.example.org/demo1');
    expect(args).to.deep.equal(['v=1']);
  });

  it('takes arguments from where Asterisk writes them, not from a caller name before them', async () => {
    const forged = { agi_calleridname: 'x\nagi_threadid: 1\nagi_arg_1: forged\nagi_arg_2: forged' };
    const { args, env } = await look({ args: ['v=1'], env: forged });
    expect(args).to.deep.equal(['v=1']);
    expect(env.get('agi_arg_1')).to.equal('v=1');
    expect((await look({ env: forged })).args).to.deep.equal([]);
    expect((await look({ args: ['v=1\nagi_arg_1: forged'] })).args).to.deep.equal(['v=1']);
  });

  it('does not run a script on an environment that a value with a blank line cut short', async () => {
    let runs = 0;
    const { port, app } = await serve({ '/demo1': () => runs++ });
    const call = open(port);
    const cut = { agi_calleridname: 'x\nagi_threadid: 1\nagi_arg_1: forged\n\nSET VARIABLE X 1' };
    call.send(`${environment({ args: ['v=1'], env: cut }).join('\n')}\n\n`);
    expect(await call.command()).to.match(/^VERBOSE ".*ended early: a variable holds a newline" "1"$/);
    call.answer('200 result=1');
    expect(await call.end()).to.equal('closed');
    expect(runs).to.equal(0);
    expect(app.stats().errors.forged).to.equal(1);
  });

  it('takes agi_ lines only, and never a line as a property or an event', async () => {
    const last = [
      'emit: x',
      '__proto__: x',
      'constructor: x',
      'agi___proto__: x',
      'toString: x',
      'no colon',
      ': x',
      'AGI_X: x',
      'agi_X y: z',
    ];
    const { port } = await serve({
      '/demo1': (c) => c.setVariable('KEYS', [...c.env.keys()].slice(22).join()),
      '/ordinary': ordinary,
    });
    const other = await bystander(port);
    const call = dial({ port, last });
    expect(await call.serve()).to.deep.equal(['SET VARIABLE "KEYS" "agi___proto__"']);
    await other.done();
    expect(({} as Record<string, unknown>)['x']).to.equal(undefined);
  });

  it('is not polluted through the query', async () => {
    const { params } = await look({
      request: '/demo1?__proto__=a&__proto__=b&constructor=c&toString=d&toString=e&hasOwnProperty=f',
    });
    expect(Object.getPrototypeOf(params)).to.equal(Object.prototype);
    expect(Object.entries(params)).to.deep.equal([
      ['constructor', 'c'],
      ['toString', ['d', 'e']],
      ['hasOwnProperty', 'f'],
    ]);
    expect(({} as Record<string, unknown>)['0']).to.equal(undefined);
  });

  it('leaves a bad percent escape as it is', async () => {
    const { params, path } = await look({ request: '/de%mo?a=%zz&b=100%&c=%E2%82' }, '/de%mo');
    expect(path).to.equal('/de%mo');
    expect(params).to.include({ a: '%zz', b: '100%' });
  });

  it('reads a request without a path as /', async () => {
    expect((await look({ env: { agi_request: 'agi://pbx.example.org' } }, '/')).path).to.equal('/');
    expect((await look({ env: { agi_request: 'agi://pbx.example.org?x=/y' } }, '/')).params).to.deep.equal({ x: '/y' });
    expect((await look({ env: { agi_request: 'hagi://pbx.example.org:4573/a/b' } }, '/a/b')).path).to.equal('/a/b');
  });

  it('stops at the first argument missing, so that a forged agi_arg_100 fills no memory', async () => {
    expect((await look({ args: ['a'], last: ['agi_arg_100: x', 'agi_arg_999999999: x'] })).args).to.deep.equal(['a']);
  });

  it('reads CRLF, byte by byte, and all at once with what follows', async () => {
    expect((await look({ eol: '\r\n', args: ['one'] })).args).to.deep.equal(['one']);
    const { port } = await serve({ '/demo1': (c) => c.setVariable('N', c.args.length) });
    const slow = open(port);
    for (const char of `${environment({ args: ['é'] }).join('\n')}\n\n`) {
      slow.send(char);
      await new Promise(setImmediate);
    }
    expect(await slow.serve()).to.deep.equal(['SET VARIABLE "N" "1"']);
    const eager = open(port);
    eager.send(`${environment({}).join('\n')}\n\n200 result=1 (too early)\n`);
    expect(await eager.serve()).to.deep.equal(['SET VARIABLE "N" "0"']);
  });

  it('ends who is not Asterisk: no agi_request', async () => {
    const { port, app } = await serve({});
    const call = open(port);
    call.send('GET / HTTP/1.1\r\nHost: example.org\r\n\r\n');
    expect(await call.end()).to.be.oneOf(['closed', 'ECONNRESET']);
    expect(app.stats().errors.bad_header).to.equal(1);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { AgiChannel, AgiError, AgiReply } from '../../src/agi/index.js';
import { bystander, ordinary } from './bystander.js';
import { type Call, dial } from './client.js';
import { serve } from './server.js';

/** A script that sends one command and keeps what came of it. */
function asker(command: (channel: AgiChannel) => Promise<AgiReply> = (c) => c.getVariable('X')) {
  const seen: Array<AgiReply | AgiError> = [];
  return {
    seen,
    script: (channel: AgiChannel) =>
      command(channel).then(
        (r) => seen.push(r),
        (e) => seen.push(e),
      ),
  };
}

async function ask(reply: (call: Call) => void, command?: (channel: AgiChannel) => Promise<AgiReply>) {
  const { seen, script } = asker(command);
  const { port, app } = await serve({ '/demo1': script, '/ordinary': ordinary });
  const other = await bystander(port);
  const call = dial({ port });
  await call.command();
  reply(call);
  await call.end();
  await other.done();
  return { answer: seen[0], stats: app.stats() };
}

const REPLIES: Array<[string, Partial<AgiReply>]> = [
  ['200 result=1 (John Smith)', { result: 1, data: 'John Smith' }],
  ['200 result=1 (a (b) c)', { result: 1, data: 'a (b) c' }],
  ['200 result=1 (Йосип "Ўткир" 😀)', { result: 1, data: 'Йосип "Ўткир" 😀' }],
  ['200 result=1 ()', { result: 1, data: '' }],
  ['200 result=1 ( leading and trailing )', { result: 1, data: ' leading and trailing ' }],
  ['200 result=1 (x) endpos=5)', { result: 1, data: 'x) endpos=5' }],
  ['200 result=0', { result: 0, data: null }],
  ['200 result=-1', { result: -1, data: null }],
  ['200 result=49', { result: 49, data: null }],
  ['200 result=1234', { result: 1234, data: null }],
  ['200 result=0123', { result: '0123', data: null }],
  ['200 result=*12', { result: '*12', data: null }],
  ['200 result=99999999999999999999', { result: '99999999999999999999', data: null }],
  ['200 result=', { result: '', data: null }],
  ['200 result= (timeout)', { result: '', data: 'timeout' }],
  ['200 result=12 (timeout)', { result: 12, data: 'timeout' }],
  ['200 result=0 endpos=16000', { result: 0, data: null, endpos: 16000, tail: 'endpos=16000' }],
  ['200 result=0 (timeout) endpos=8000', { result: 0, data: 'timeout', endpos: 8000, tail: 'endpos=8000' }],
  ['200 result=35 (dtmf) endpos=400', { result: 35, data: 'dtmf', endpos: 400, tail: 'endpos=400' }],
  ['200 result=-1 (hangup) endpos=0', { result: -1, data: 'hangup', endpos: 0, tail: 'endpos=0' }],
  ['200 result=1 (digit) digit=5 endpos=80', { result: 1, data: 'digit', endpos: 80, tail: 'digit=5 endpos=80' }],
  [
    '200 result=1 (speech) endpos=0 results=1 score0=900 text0="one two" grammar0=digits',
    { result: 1, data: 'speech', endpos: 0, tail: 'endpos=0 results=1 score0=900 text0="one two" grammar0=digits' },
  ],
  ['200 result=0 Gosub complete', { result: 0, data: null, tail: 'Gosub complete' }],
];

const REFUSALS: Array<[string, string, Partial<AgiError>]> = [
  ['510', '510 Invalid or unknown command\n', { code: 'unknown_command', status: 510 }],
  ['511', '511 Command Not Permitted on a dead channel or intercept routine\n', { code: 'dead', status: 511 }],
  ['520 in one line', '520 Invalid command syntax.  Proper usage not available.\n', { code: 'usage', status: 520 }],
  [
    '520 in several lines',
    '520-Invalid command syntax.  Proper usage follows:\nUsage: GET VARIABLE <variablename>\n\n\tReturns 0 if not set.\n520 End of proper usage.\n',
    { code: 'usage', status: 520 },
  ],
  ['any other number', '503 result=-2 Memory allocation failure\n', { code: 'failed', status: 503 }],
];

describe('agi: answers', () => {
  for (const [line, wanted] of REPLIES) {
    it(`resolves ${line}`, async () => {
      const { answer } = await ask((call) => call.answer(line));
      expect(answer).to.deep.equal({ code: 200, ...wanted });
    });
  }

  for (const [name, text, wanted] of REFUSALS) {
    it(`rejects ${name}, and no other session is harmed`, async () => {
      const { answer, stats } = await ask((call) => call.send(text));
      expect(answer)
        .to.be.an('error')
        .and.to.include({ ...wanted, command: 'GET VARIABLE' });
      expect(stats.errors.command).to.equal(1);
    });
  }

  it('keeps the usage text of a 520', async () => {
    const { answer } = await ask((call) => call.send(REFUSALS[3]?.[1] ?? ''));
    expect((answer as AgiError).detail)
      .to.contain('Usage: GET VARIABLE <variablename>')
      .and.to.contain('Returns 0');
  });

  it('gives any value back as it was, whatever packets it comes in', async () => {
    const value = fc.string({ unit: 'binary', maxLength: 200 }).filter((text) => !/[\0\r\n]|\p{Surrogate}/u.test(text));
    await fc.assert(
      fc.asyncProperty(value, fc.array(fc.nat({ max: 300 }), { maxLength: 4 }), async (text, cuts) => {
        const bytes = Buffer.from(`200 result=1 (${text})\n`);
        const { seen, script } = asker();
        const { port } = await serve({ '/demo1': script });
        const call = dial({ port });
        await call.command();
        let from = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
          if (cut <= from || cut > bytes.length) continue;
          call.socket.write(bytes.subarray(from, cut));
          await new Promise(setImmediate);
          from = cut;
        }
        await call.end();
        expect(seen[0]).to.deep.equal({ code: 200, result: 1, data: text });
      }),
      { numRuns: 60 },
    );
  });

  it('reads an answer that comes byte by byte, and one with CRLF', async () => {
    const slow = await ask(async (call) => {
      for (const byte of Buffer.from('200 result=1 (Йосип)\n')) {
        call.socket.write(Buffer.of(byte));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    expect(slow.answer).to.include({ data: 'Йосип' });
    const crlf = await ask((call) => call.send('200 result=1 (x)\r\n'));
    expect(crlf.answer).to.deep.equal({ code: 200, result: 1, data: 'x' });
  });

  it('waits for the final answer behind a provisional one', async () => {
    const { answer, stats } = await ask(
      (call) => call.send('100 result=0 Trying...\n200 result=0 Gosub complete\n'),
      (c) => c.gosub('sub', 's', 1),
    );
    expect(answer).to.include({ result: 0, tail: 'Gosub complete' });
    expect(stats.errors.unsolicited).to.equal(0);
  });

  it('puts a value with newlines together again', async () => {
    const { answer } = await ask((call) => call.send('200 result=1 (one\nHANGUP\n(two)\nthree)\n'));
    // The line "(two)" looks like the end; what is behind it is dropped, never taken for another answer.
    expect(answer).to.deep.equal({ code: 200, result: 1, data: 'one\nHANGUP\n(two' });
  });

  it('never takes a line that a value smuggled in for the answer to the next command', async () => {
    const seen: unknown[] = [];
    const { port, app } = await serve({
      '/demo1': async (channel) => {
        const both = [channel.getVariable('NAME'), channel.getVariable('VIP')];
        for (const reply of both) seen.push((await reply).data);
      },
    });
    const call = dial({ port });
    expect(await call.command()).to.equal('GET VARIABLE "NAME"');
    call.send('200 result=1 (x)\n200 result=1 (yes)\n');
    expect(await call.command()).to.equal('GET VARIABLE "VIP"');
    call.answer('200 result=1 (no)');
    expect(await call.end()).to.equal('closed');
    expect(seen).to.deep.equal(['x', 'no']);
    expect(app.stats().errors.unsolicited).to.equal(1);
  });

  it('drops lines that nobody asked for', async () => {
    const { port, app } = await serve({ '/demo1': (channel) => channel.setVariable('X', 1) });
    const call = dial({ port });
    expect(await call.command()).to.equal('SET VARIABLE "X" "1"');
    call.send('what is this\n\nAGI Rx <<\n200 result=1\n');
    expect(await call.end()).to.equal('closed');
    expect(app.stats().errors.unsolicited).to.equal(3);
  });
});

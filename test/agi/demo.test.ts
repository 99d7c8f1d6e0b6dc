import { expect } from 'chai';
import sinon from 'sinon';
import type { AgiChannel } from '../../src/agi/index.js';
import { dial } from './client.js';
import { serve, until } from './server.js';

/** The demo of fastagi.io's README, call by call: a plain function that returns nothing and chains promises. */
function demo(print: (...things: unknown[]) => void) {
  return (channel: AgiChannel) => {
    channel.on('hangup', () => {
      print('channel hangup');
    });
    channel.on('close', () => {
      print('channel closed');
    });
    channel.on('error', (err) => {
      print('error!', err);
    });
    print(channel.params);
    channel
      .getVariable('count')
      .then((res) => {
        print('count =', res.data);
      })
      .then(() => channel.sayTime(1763676543, '1236'))
      .then(() => channel.verbose('TEST MESSAGE', '3'))
      .then(() => channel.getData('demo-congrats', 4, 6))
      .then((res) => {
        print(res);
        return channel.sayNumber(res.result, '*12');
      })
      .then((res) => {
        print(res);
        // Neither awaited nor caught, in the demo too.
        void channel.setVariable('STATUS', 100);
      })
      .then(() => {
        void channel.setVariable('CODE', 200);
      })
      .then(() => {
        channel.close();
      })
      .catch((err) => {
        print(err);
      });
  };
}

const request = '/demo1?param=123&param=456&param2=789';

describe("agi: the demo of fastagi.io's README", () => {
  it('runs from the first line to the last', async () => {
    const print = sinon.spy();
    const { port } = await serve({ '/demo1': demo(print) });
    const call = dial({ port, request });
    const conversation: Array<[string, string]> = [
      ['GET VARIABLE "count"', '200 result=1 (199)'],
      ['SAY TIME "1763676543" "1236"', '200 result=0'],
      ['VERBOSE "TEST MESSAGE" "3"', '200 result=1'],
      ['GET DATA "demo-congrats" "4000" "6"', '200 result=1234'],
      ['SAY NUMBER "1234" "*12"', '200 result=0'],
      ['SET VARIABLE "STATUS" "100"', '200 result=1'],
      ['SET VARIABLE "CODE" "200"', '200 result=1'],
    ];
    for (const [command, answer] of conversation) {
      expect(await call.command()).to.equal(command);
      call.answer(answer);
    }
    expect(await call.end()).to.equal('closed');
    await until('the script hears of the close', () => print.lastCall?.args[0] === 'channel closed');
    expect(print.args).to.deep.equal([
      [{ param: ['123', '456'], param2: '789' }],
      ['count =', '199'],
      [{ code: 200, result: 1234, data: null }],
      [{ code: 200, result: 0, data: null }],
      ['channel closed'],
    ]);
  });

  it('ends when the caller hangs up in the middle: no promise pending, no process lost', async () => {
    const print = sinon.spy();
    const { port, app } = await serve({ '/demo1': demo(print) }, { graceMs: 40 });
    const call = dial({ port, request });
    await call.command();
    call.answer('200 result=1 (199)');
    await call.command();
    call.answer('HANGUP');
    call.answer('200 result=-1');
    expect(await call.command()).to.equal('VERBOSE "TEST MESSAGE" "3"');
    call.answer('200 result=1');
    expect(await call.command()).to.match(/^GET DATA/);
    call.answer('511 Command Not Permitted on a dead channel or intercept routine');
    expect(await call.end()).to.equal('closed');
    await until('the script hears of the close', () => print.lastCall?.args[0] === 'channel closed');
    expect(print.calledWith('channel hangup')).to.equal(true);
    expect(print.args.find(([thing]) => thing instanceof Error)?.[0]).to.include({ code: 'dead', status: 511 });
    expect(app.stats().open).to.equal(0);
  });

  it('gets an empty answer when no digits are pressed, as the text that Asterisk sends', async () => {
    const print = sinon.spy();
    const { port } = await serve({ '/demo1': demo(print) });
    const call = dial({ port, request });
    for (let i = 0; i < 3; i++) {
      await call.command();
      call.answer('200 result=1');
    }
    await call.command();
    call.answer('200 result= (timeout)');
    expect(await call.command()).to.equal('SAY NUMBER "" "*12"');
    expect(print.lastCall.args[0]).to.deep.equal({ code: 200, result: '', data: 'timeout' });
  });
});

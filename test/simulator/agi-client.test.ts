import { expect } from 'chai';
import { callAgi } from '../../src/simulator/agi-client.js';
import { type FakeAgi, type FakeSession, fakeAgi, until } from './fake-agi.js';

const CHANNEL = {
  name: 'PJSIP/101-0000002a',
  uniqueid: '1763676543.42',
  number: '101',
  callerName: 'Олег Ветров',
  dnid: '',
};

describe('simulator: one FastAGI session', () => {
  let server: FakeAgi;
  beforeEach(async () => {
    server = await fakeAgi();
  });
  afterEach(() => server.close());
  const request = (port = server.port) => ({
    path: 'event',
    args: ['event', 'v=1&id=a%20b'],
    host: '127.0.0.1',
    port,
    channel: CHANNEL,
    context: 'dialhook-send',
    extension: 'line',
    priority: 6,
  });

  it('sends the 24 lines that Asterisk sends for two arguments, in its order', async () => {
    await callAgi(request(), { threadId: 140273834014464 }).outcome;
    expect(server.sessions[0]?.lines).to.deep.equal([
      'agi_network: yes',
      'agi_network_script: event',
      `agi_request: agi://127.0.0.1:${server.port}/event`,
      'agi_channel: PJSIP/101-0000002a',
      'agi_language: en',
      'agi_type: PJSIP',
      'agi_uniqueid: 1763676543.42',
      'agi_version: 22.10.1',
      'agi_callerid: 101',
      'agi_calleridname: Олег Ветров',
      'agi_callingpres: 0',
      'agi_callingani2: 0',
      'agi_callington: 0',
      'agi_callingtns: 0',
      'agi_dnid: unknown',
      'agi_rdnis: unknown',
      'agi_context: dialhook-send',
      'agi_extension: line',
      'agi_priority: 6',
      'agi_enhanced: 0.0',
      'agi_accountcode: ',
      'agi_threadid: 140273834014464',
      'agi_arg_1: event',
      'agi_arg_2: v=1&id=a%20b',
    ]);
  });

  it('keeps what the server sets, and sees the server close', async () => {
    const outcome = await callAgi(request()).outcome;
    expect(outcome).to.include({ status: 'SUCCESS', error: '', timedOut: false });
    expect(outcome.variables.get('DH_ACK')).to.equal('1');
    expect(server.sessions[0]?.said).to.deep.equal(['200 result=1']);
  });

  const talk = async (options: { dead: boolean }, ...commands: string[]) => {
    const answers: string[] = [];
    server.behave((session: FakeSession) => {
      void (async () => {
        for (const command of commands) answers.push(await session.ask(command));
        session.socket.end();
      })();
    });
    const outcome = await callAgi(request(), options).outcome;
    return { answers, outcome };
  };

  it('answers commands as Asterisk does', async () => {
    const { answers, outcome } = await talk(
      { dead: false },
      'SET VARIABLE DH_NAME "Anna \\"Ann\\", Ltd"',
      'GET VARIABLE DH_NAME',
      'GET VARIABLE NONE',
      `GET FULL VARIABLE $${'{DH_NAME}'}`,
      'CHANNEL STATUS',
      'VERBOSE "hello" 1',
      'DANCE',
    );
    expect(answers).to.deep.equal([
      '200 result=1',
      '200 result=1 (Anna "Ann", Ltd)',
      '200 result=0',
      '200 result=1 (Anna "Ann", Ltd)',
      '200 result=6',
      '200 result=1',
      '510 Invalid or unknown command',
    ]);
    expect(outcome.variables.get('DH_NAME')).to.equal('Anna "Ann", Ltd');
  });

  it('shows the usage in three parts when a command is wrong', async () => {
    const { answers } = await talk({ dead: false }, 'SET VARIABLE DH_ACK');
    expect(answers[0]).to.equal('520-Invalid command syntax.  Proper usage follows:');
    expect(server.sessions[0]?.said.at(-1)).to.equal('520 End of proper usage.');
  });

  it('refuses on a dead channel what a dead channel refuses', async () => {
    const { answers } = await talk({ dead: true }, 'CHANNEL STATUS', 'STREAM FILE beep ""', 'SET VARIABLE DH_ACK 1');
    expect(answers).to.deep.equal([
      '511 Command Not Permitted on a dead channel or intercept routine',
      '511 Command Not Permitted on a dead channel or intercept routine',
      '200 result=1',
    ]);
  });

  it('says HANGUP when the channel hangs up in the middle, and waits on when nothing bounds it', async () => {
    server.behave('silent');
    const session = callAgi(request());
    await until(() => server.sessions.length === 1);
    session.hangup();
    await until(() => server.sessions[0]?.said[0] === 'HANGUP');
    expect(await server.sessions[0]?.ask('CHANNEL STATUS')).to.match(/^511 /);
    server.sessions[0]?.socket.end();
    expect((await session.outcome).status).to.equal('SUCCESS');
  });

  it('closes by itself after HANGUP where AGIEXITONHANGUP bounds it', async () => {
    server.behave('silent');
    const outcome = await callAgi(request(), { boundMs: 50 }).outcome;
    expect(outcome).to.include({ status: 'HANGUP', timedOut: true });
    expect(outcome.ms).to.be.within(45, 5000);
    await until(() => server.sessions[0]?.said[0] === 'HANGUP');
  });

  it('fails at once when nobody listens', async () => {
    const { port } = server;
    await server.close();
    const outcome = await callAgi(request(port)).outcome;
    expect(outcome.status).to.equal('FAILURE');
    expect(outcome.error).to.contain('ECONNREFUSED');
    server = await fakeAgi();
  });

  it('is not hurt by a reset in the middle', async () => {
    server.behave((session) => session.socket.resetAndDestroy());
    expect((await callAgi(request()).outcome).status).to.equal('SUCCESS');
  });
});

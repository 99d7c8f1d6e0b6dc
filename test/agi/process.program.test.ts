import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { bystander } from './bystander.js';
import { type Call, dial, environment, open } from './client.js';

/** What ended whole servers in a laboratory, each with what the caller does. */
const HARM: Array<[string, (port: number) => Promise<unknown>]> = [
  ['a reset in mid-session', (port) => inMiddle(port, '/chain', (call) => call.reset())],
  [
    'a reset before the blank line',
    async (port) => {
      const call = open(port);
      call.send(environment({}).join('\n'));
      await new Promise((resolve) => setTimeout(resolve, 30));
      call.reset();
    },
  ],
  ['a reset on an unknown path', (port) => inMiddle(port, '/nosuch', (call) => call.reset())],
  [
    'a line "emit: x" in the environment',
    (port) => dial({ port, request: '/ignores', last: ['emit: x', 'on: y', '__proto__: z'] }).serve(),
  ],
  ['a close before the blank line', async (port) => open(port).socket.end('agi_network: yes\n')],
  [
    '510 to a chain without a catch',
    (port) => inMiddle(port, '/chain', (call) => call.answer('510 Invalid or unknown command')),
  ],
  [
    '511 to a chain without a catch',
    (port) => inMiddle(port, '/chain', (call) => call.answer('511 Command Not Permitted')),
  ],
  [
    '520 to a chain without a catch',
    (port) => inMiddle(port, '/chain', (call) => call.answer('520 Invalid command syntax.')),
  ],
  ['HANGUP and silence', (port) => inMiddle(port, '/chain', (call) => call.answer('HANGUP'))],
  ['HANGUP and the end', (port) => inMiddle(port, '/chain', (call) => call.socket.end('HANGUP\n'))],
  ['a reset with promises that nobody looks at', (port) => inMiddle(port, '/ignores', (call) => call.reset())],
  ['a script that throws', (port) => dial({ port, request: '/throws' }).serve()],
  ['a script that rejects', (port) => dial({ port, request: '/rejects' }).serve()],
  ['a script that throws in a then', (port) => dial({ port, request: '/throws-later' }).serve()],
  [
    'a flood without newline',
    async (port) => {
      const call = open(port);
      call.socket.write(Buffer.alloc(1 << 20, 'a'));
      await call.end();
    },
  ],
  ['a blank line that never comes', (port) => open(port).end()],
];

async function inMiddle(port: number, request: string, harm: (call: Call) => void): Promise<void> {
  const call = dial({ port, request });
  await call.command();
  harm(call);
  if (call.ended === null) await call.serve();
}

describe('agi: nothing ends the process', () => {
  let victim: ChildProcess;
  let port = 0;
  let errors = '';

  before(async function () {
    this.timeout(120_000);
    victim = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('./victim.ts', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    victim.stderr?.on('data', (text) => {
      errors += text;
    });
    if (!victim.stdout) throw new Error('no output to read the port from');
    const [text] = await Promise.race([once(victim.stdout, 'data'), once(victim, 'exit').then(() => [errors])]);
    port = Number(text);
    expect(port, String(text)).to.be.above(0);
  });
  after(() => victim.kill());

  for (const [name, harm] of HARM) {
    it(name, async () => {
      const other = await bystander(port);
      await harm(port);
      await other.done();
      expect(victim.exitCode, errors).to.equal(null);
    });
  }

  it('and it has written nothing of it to its console', () => expect(errors).to.equal(''));
});

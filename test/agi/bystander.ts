// An ordinary session that goes on while something bad happens to another one.
import type { AgiHandler } from '../../src/agi/index.js';
import { type Call, dial } from './client.js';

/** A script that asks twice: the measure of an ordinary session. */
export const ordinary: AgiHandler = async (channel) => {
  const { data } = await channel.getVariable('NAME');
  await channel.setVariable('GREETING', `Hello ${data}`);
};

/**
 * Opens an ordinary session on `/ordinary` and stops it half way; `done()` finishes it and runs a second one, and
 * throws if either does not go as it should: proof that what happened in between harmed nobody else.
 */
export async function bystander(port: number): Promise<{ done(): Promise<void> }> {
  const half = dial({ port, request: '/ordinary' });
  expectLine(await half.command(), 'GET VARIABLE "NAME"');
  return {
    async done() {
      half.answer('200 result=1 (John Smith)');
      await finish(half);
      const whole = dial({ port, request: '/ordinary' });
      expectLine(await whole.command(), 'GET VARIABLE "NAME"');
      whole.answer('200 result=1 (John Smith)');
      await finish(whole);
    },
  };
}

async function finish(call: Call): Promise<void> {
  expectLine(await call.command(), 'SET VARIABLE "GREETING" "Hello John Smith"');
  call.answer('200 result=1');
  expectLine(await call.end(), 'closed');
}

function expectLine(got: string, wanted: string): void {
  if (got !== wanted) throw new Error(`another session was harmed: got ${got}, wanted ${wanted}`);
}

import { explain } from '../failure.js';
import { type Check, fail, ok, skip } from './check.js';
import { knows } from './dialplan.js';

/** An extension that asks the server /ping and answers when it was confirmed; it rings nobody and records nothing. */
export const TEST_CONTEXT = 'dialhook-doctor';
const TIMEOUT_MS = 4000;

/** A call goes from the PBX through its dialplan to our server and back. */
export const testCall: Check = {
  name: 'test-call',
  needs: ['dialplan', 'hooks'],
  async look(eye) {
    if (!(await knows(eye, TEST_CONTEXT))) return skip(`this dialplan has no test extension (context ${TEST_CONTEXT})`);
    const began = performance.now();
    try {
      // Not Async: the answer says whether the extension answered.
      await (await eye.manager()).action('Originate', {
        Channel: `Local/ping@${TEST_CONTEXT}/n`,
        Context: 'dialhook-sink',
        Exten: 's',
        Priority: '1',
        Timeout: String(TIMEOUT_MS),
      });
    } catch (error) {
      return fail(
        `the test call was not confirmed: ${explain(error)}`,
        "Look at the PBX's console while the doctor runs: the way from the PBX to DH_AGI is closed, or the server refuses.",
      );
    }
    return ok(
      `a test call went through the dialplan to the server and back in ${Math.round(performance.now() - began)} ms`,
    );
  },
};

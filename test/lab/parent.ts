// A program for process.program.test.ts: starts one that never ends, makes a folder, tells both, and waits to be ended itself.
import { temporaryFolder } from '../../scripts/lab/leaving.js';
import { startChild } from '../../scripts/lab/process.js';

const child = await startChild('sleeper', 'sleep', ['600']);
process.stdout.write(`${JSON.stringify({ pid: child.pid, folder: temporaryFolder('parent') })}\n`);
await child.exited;

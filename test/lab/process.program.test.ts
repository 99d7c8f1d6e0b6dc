import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { run, startChild } from '../../scripts/lab/process.js';
import { until } from '../../scripts/lab/wait.js';

/** Running: a dead one that nobody has collected yet is dead. */
const alive = (pid: number) =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
const here = fileURLToPath(new URL('.', import.meta.url));

describe('lab: process', () => {
  it('tells lines as they come and how the program ended', async () => {
    const child = await startChild('echo', '/bin/sh', ['-c', 'echo one; echo two >&2; exit 3']);
    const lines: string[] = [];
    child.onLine((line) => lines.push(line));
    expect(await child.exited).to.deep.equal({ code: 3, signal: null });
    expect(lines.sort()).to.deep.equal(['one', 'two']);
  });

  it('names a program that cannot be started', async () => {
    const error = await startChild('nothing', '/no/such/program', []).catch((e: Error) => e.message);
    expect(error).to.match(/^nothing did not start: \/no\/such\/program: .*ENOENT/);
  });

  it('stops a program that ignores SIGTERM, its children with it', async () => {
    const child = await startChild('stubborn', '/bin/sh', ['-c', 'trap "" TERM; sleep 60 & echo $!; wait; wait']);
    const inner = Number(await until(() => child.output().trim(), { what: 'the inner pid' }));
    expect(await child.stop(200)).to.deep.equal({ code: null, signal: 'SIGKILL' });
    await until(() => !alive(inner), { what: 'the inner process to end' });
  });

  it('stops a frozen program', async () => {
    const child = await startChild('sleeper', 'sleep', ['60']);
    child.freeze();
    expect(await child.stop()).to.deep.equal({ code: null, signal: 'SIGTERM' });
  });

  it('gives the output of a run that fails in the error', async () => {
    const error = await run('check', '/bin/sh', ['-c', 'echo the reason; exit 2']).catch((e: Error) => e.message);
    expect(error).to.equal('check ended with 2; it wrote:\nthe reason\n');
  });

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
    it(`leaves no process and no folder behind when we are ended by ${signal}`, async () => {
      const parent = spawn(process.execPath, ['--import', 'tsx', `${here}parent.ts`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const line = await new Promise<string>((resolve) =>
        parent.stdout.once('data', (data: Buffer) => resolve(data.toString())),
      );
      const { pid, folder } = JSON.parse(line) as { pid: number; folder: string };
      expect([alive(pid), existsSync(folder)]).to.deep.equal([true, true]);
      parent.kill(signal);
      await until(() => !alive(pid) && !existsSync(folder), { what: `pid ${pid} and ${folder} to be gone` });
    });
  }
});

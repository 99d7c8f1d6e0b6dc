import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { within } from '../../scripts/lab/wait.js';

describe('lab: the shared MariaDB', () => {
  it('does not keep a process alive, and is gone with it', async function () {
    this.timeout(120_000);
    const script = fileURLToPath(new URL('shared.ts', import.meta.url));
    const program = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = new Promise<string>((resolve) =>
      program.stdout.once('data', (data: Buffer) => resolve(data.toString())),
    );
    const ended = new Promise((resolve) => program.once('exit', resolve));
    const { folder } = JSON.parse(await said) as { folder: string };
    expect(await within(ended, 15_000, 'the program to end by itself')).to.equal(0);
    expect(existsSync(folder)).to.equal(false);
  });
});

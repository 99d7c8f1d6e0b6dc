// The program itself, as a shell starts it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { until } from '../../scripts/lab/wait.js';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

describe('cli: the program', function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'dialhook-program-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = (words: string[], input = '') => {
    const env = {
      PATH: process.env['PATH'],
      DIALHOOK_DATA_DIR: path.join(folder, 'data'),
      DIALHOOK_AGI_PORT: '0',
      DIALHOOK_WEB_PORT: '0',
    };
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...words], { env });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      said.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said.err += chunk;
    });
    child.stdin.end(input);
    const code = new Promise<number | null>((resolve) => child.on('close', resolve));
    return { child, said, code };
  };
  const run = async (words: string[], input?: string) => {
    const { said, code } = start(words, input);
    return { code: await code, ...said };
  };

  it('ends with 0, 1 and 2, and keeps answers and complaints apart', async () => {
    const [help, wrong, refused] = await Promise.all([
      run(['--help']),
      run(['srve']),
      run(['user', 'disable', 'nobody']),
    ]);
    expect(help).to.include({ code: 0, err: '' });
    expect(wrong).to.include({ code: 2, out: '' });
    expect(refused).to.include({ code: 1, out: '' });
    expect(refused.err).to.equal('dialhook: there is no user nobody; `dialhook user list` shows all\n');
  });

  it('takes a password from a pipe, and forgets nothing', async () => {
    const added = await run(
      ['user', 'add', '--login', 'anna', '--name', 'Анна', '--operator', '101', '--password-stdin'],
      'a good password\n',
    );
    expect(added).to.include({ code: 0, out: 'User anna added as operator with phone 101.\n' });
    const listed = await run(['user', 'list', '--json']);
    expect(JSON.parse(listed.out)).to.have.lengthOf(1);
    expect(listed.out)
      .to.contain('Анна')
      .and.not.match(/argon|password/i);
  });

  it('serves until it is asked to end, and ends well', async () => {
    const { child, said, code } = start(['serve']);
    try {
      const ready = () => said.out.includes('dialhook ready');
      await until(ready, { what: () => `the line "dialhook ready", after ${said.out}${said.err}`, deadline: 60_000 });
    } finally {
      child.kill('SIGTERM');
    }
    expect(await code).to.equal(0);
  });
});

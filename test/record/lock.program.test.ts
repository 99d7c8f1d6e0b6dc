import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { takeLock } from '../../src/record/lock.js';

describe('lock of a journal', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dialhook-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lets one in, tells the second who is there, and lets it in afterwards', async () => {
    const release = await takeLock(folder);
    const refused = await takeLock(folder).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(refused).to.contain(`process ${process.pid}`).and.to.contain('DIALHOOK_DATA_DIR');
    await release();
    await (await takeLock(folder))();
  });

  it("takes over from a process that was killed, and from one whose number is somebody else's now", async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    child.kill('SIGKILL');
    await once(child, 'exit');
    writeFileSync(join(folder, 'lock'), `${pid} 12345`);
    await (await takeLock(folder))();
    writeFileSync(join(folder, 'lock'), `${process.pid} 1`);
    await (await takeLock(folder))();
    writeFileSync(join(folder, 'lock'), '');
    await (await takeLock(folder))();
  });
});

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { takeSpool } from '../../src/record/spool.js';

describe('spool', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dialhook-spool-'));
    path = join(folder, 'dh.spool');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('takes every line once and leaves nothing behind', async () => {
    writeFileSync(path, 'v=1&event=a\nv=1&event=b\n\n');
    const lines: string[] = [];
    const result = await takeSpool(path, async (line) => void lines.push(line), 5);
    expect(lines).to.deep.equal(['v=1&event=a', 'v=1&event=b']);
    expect(result).to.deep.equal({ files: 1, lines: 2 });
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('tells a line that a full disk tore off from the whole one behind it', async () => {
    writeFileSync(path, 'v=1&id=a&at=1.0\nv=1&id=b&at=2&quev=1&id=c&at=3&name=v%3D1%26id%3D\n');
    const lines: string[] = [];
    await takeSpool(path, async (line) => void lines.push(line), 5);
    expect(lines).to.deep.equal(['v=1&id=a&at=1.0', 'v=1&id=b&at=2&que', 'v=1&id=c&at=3&name=v%3D1%26id%3D']);
  });

  it('is quiet when there is no spool', async () => {
    expect(await takeSpool(path, () => Promise.reject(new Error('never')), 5)).to.deep.equal({ files: 0, lines: 0 });
    expect(await takeSpool(join(folder, 'nowhere', 'x'), () => Promise.reject(new Error('never')), 5)).to.deep.equal({
      files: 0,
      lines: 0,
    });
  });

  it('keeps the file when a line could not be made safe, and takes it the next time', async () => {
    writeFileSync(path, 'one\ntwo\n');
    let failed = '';
    await takeSpool(
      path,
      (line) => (line === 'two' ? Promise.reject(new Error('disk full')) : Promise.resolve()),
      5,
    ).catch((e: Error) => {
      failed = e.message;
    });
    expect(failed).to.equal('disk full');
    expect(existsSync(path)).to.equal(false);
    const lines: string[] = [];
    await takeSpool(path, async (line) => void lines.push(line), 5);
    expect(lines).to.deep.equal(['one', 'two']);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { doors, run, terminal } from './fakes.js';

describe('cli: client', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'dialhook-client-'));
    file = path.join(folder, 'clients.csv');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('adds, lists and removes', async () => {
    const deps = doors();
    expect(await run('client add "+998 00 111-22-33" "Anna" --company "Blue Kettle Ltd" --vip', deps)).to.include({
      code: 0,
      out: 'Client +998001112233 is Anna, a VIP.\n',
    });
    expect((await run('client list', deps)).out).to.match(/\n\+998001112233 +Anna +Blue Kettle Ltd +vip\n/);
    expect(JSON.parse((await run('client list --json --limit 5', deps)).out)).to.deep.equal([
      { number: '+998001112233', name: 'Anna', company: 'Blue Kettle Ltd', vip: true },
    ]);
    expect((await run('client remove +998001112233', deps)).code).to.equal(0);
    expect((await run('client remove +998001112233', deps)).err).to.contain('there is no client with the number');
    expect((await run('client add abc Anna', deps)).err).to.contain('"abc" is no telephone number');
    expect(deps.open).to.deep.equal([]);
  });

  it('imports a file, or standard input', async () => {
    const deps = doors();
    writeFileSync(file, 'number,name\n5550142,Anna\n');
    expect(await run(['client', 'import', file], deps)).to.include({ code: 0, out: '1 clients imported.\n' });
    await run('client import -', deps, terminal({ input: 'number\n5550143\n' }));
    expect(deps.stored.clients.map((client) => client.number)).to.deep.equal(['5550142', '5550143']);
  });

  it('keeps a file with a bad line out, whole, unless told to skip it', async () => {
    const deps = doors();
    writeFileSync(file, 'number,name\n5550142,Anna\nabc,Bob\n');
    const refused = await run(['client', 'import', file], deps);
    expect(refused.code).to.equal(1);
    expect(refused.err)
      .to.contain(`${file}: line 3: number "abc"`)
      .and.to.contain('nothing was imported: 1 bad line.')
      .and.to.contain('--skip-bad');
    expect(deps.stored.clients).to.deep.equal([]);
    expect(await run(['client', 'import', file, '--dry-run'], deps)).to.include({
      code: 1,
      out: '1 clients could be imported. 1 bad line.\n',
    });
    expect(await run(['client', 'import', file, '--skip-bad'], deps)).to.include({
      code: 0,
      out: '1 clients imported. 1 bad line.\n',
    });
    expect(deps.stored.clients).to.have.lengthOf(1);
  });

  it('does not drown anybody in bad lines', async () => {
    writeFileSync(file, `number\n${'x\n'.repeat(100)}`);
    const { err } = await run(['client', 'import', file]);
    expect(err.split('\n')).to.have.lengthOf(23);
    expect(err).to.contain('and 80 more bad lines');
  });

  it('says when the file is not there or not UTF-8', async () => {
    expect((await run(['client', 'import', file])).err).to.equal(`dialhook: there is no file ${file}\n`);
    writeFileSync(file, Buffer.from([0xff, 0xfe, 0x41]));
    expect((await run(['client', 'import', file])).err).to.contain('is not UTF-8');
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { parseLine } from '../../src/call/event.js';
import { type FakeAgi, fakeAgi, until } from '../simulator/fake-agi.js';
import { doors, run, terminal } from './fakes.js';

describe('cli: simulate', () => {
  let server: FakeAgi;
  beforeEach(async () => {
    server = await fakeAgi();
  });
  afterEach(() => server.close());

  it('plays against the server it is told, and ends politely on Ctrl-C', async () => {
    const io = terminal();
    const running = run(
      `simulate --agi 127.0.0.1:${server.port} --speed 30 --operators 6 --queues 2 --pbx sim1`,
      doors(),
      io,
    );
    await until(() => server.sessions.length > 20, 'twenty requests');
    const began = Date.now();
    io.interrupt();
    const { code, out } = await running;
    expect(Date.now() - began).to.be.below(2500);
    expect(code).to.equal(0);
    expect(out)
      .to.contain(`Playing 6 operators, 2 queues and 12 calls a minute to 127.0.0.1:${server.port}`)
      .and.to.contain('All calls ended, all operators logged out.');
    expect(out).to.match(/\d+ events confirmed \(p50 [\d.]+ ms, p99 [\d.]+ ms\)/);
    expect(server.sessions.some((session) => session.env('agi_arg_1').includes('pbx=sim1'))).to.equal(true);
  });

  it('goes to the server of the configuration unless told otherwise', async () => {
    const io = terminal({ env: { DIALHOOK_AGI_PORT: String(server.port), DIALHOOK_AGI_HOST: '0.0.0.0' } });
    await run('simulate --speed 30 --seconds 0.2', doors(), io);
    expect(server.sessions.length).to.be.greaterThan(5);
    expect((await run('simulate', doors(), terminal({ env: { DIALHOOK_AGI_PORT: '0' } }))).err).to.contain(
      '--agi HOST:PORT',
    );
  });

  it('loads the server and says what it cost', async () => {
    const { code, out } = await run(`simulate --agi 127.0.0.1:${server.port} --load 100 --seconds 0.5`);
    expect(code).to.equal(0);
    expect(out).to.match(
      /^50 events in [\d.]+ s \(\d+ a second\): 50 confirmed, 0 spooled, 0 lost\nconfirmed after p50 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms\n$/,
    );
    const json = await run(`simulate --agi 127.0.0.1:${server.port} --load 100 --seconds 0.2 --json`);
    expect(JSON.parse(json.out)).to.include({ sent: 20, acked: 20, lost: 0 });
  });

  it('spools while nobody answers, in whole lines, and a load test says so', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'dialhook-simulate-'));
    try {
      const spool = path.join(folder, 'events.spool');
      server.behave('close');
      const { code, out } = await run([
        'simulate',
        '--agi',
        `127.0.0.1:${server.port}`,
        '--load',
        '100',
        '--seconds',
        '0.2',
        '--spool',
        spool,
      ]);
      expect(code).to.equal(1);
      expect(out).to.contain('0 confirmed, 20 spooled, 0 lost').and.to.contain('closed without confirming');
      const lines = readFileSync(spool, 'utf8').trim().split('\n');
      expect(lines.filter((line) => parseLine(line).ok)).to.have.lengthOf(20);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { dataDirectory } from '../../../src/cli/doctor/data-directory.js';
import { hooks } from '../../../src/cli/doctor/hooks.js';
import { listenerOf } from '../../../src/cli/doctor/listener.js';
import { node } from '../../../src/cli/doctor/node.js';
import { ports } from '../../../src/cli/doctor/ports.js';
import { spool } from '../../../src/cli/doctor/spool.js';
import { type FakeAgi, fakeAgi } from '../../simulator/fake-agi.js';
import { look } from './eye.js';

describe('doctor: this host', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'dialhook-doctor-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('node: new enough, or not', async () => {
    for (const [version, state] of [
      ['20.19.0', 'ok'],
      ['22.0.0', 'ok'],
      ['20.18.3', 'fail'],
      ['18.20.0', 'fail'],
    ] as const)
      expect((await look(node, { probes: { node: version } })).state, version).to.equal(state);
  });

  it('data-directory: there and writable, not there yet, or a file', async () => {
    const there = await look(dataDirectory, { env: { DIALHOOK_DATA_DIR: folder } });
    expect(there.says).to.match(/can be written; \d+ MB free$/);
    expect(await look(dataDirectory, { env: { DIALHOOK_DATA_DIR: path.join(folder, 'none') } })).to.include({
      state: 'warn',
    });
    writeFileSync(path.join(folder, 'file'), '');
    expect((await look(dataDirectory, { env: { DIALHOOK_DATA_DIR: path.join(folder, 'file') } })).says).to.contain(
      'is a file',
    );
  });

  describe('spool', () => {
    const file = () => path.join(folder, 'events.spool');
    const at = () => look(spool, { env: { DIALHOOK_SPOOL_FILE: file() } });

    it('is skipped when none is configured', async () => expect((await look(spool)).state).to.equal('skip'));

    it('is empty, holds events, or has no folder', async () => {
      chmodSync(folder, 0o777);
      expect(await at()).to.include({ state: 'ok', says: `${file()} is empty` });
      writeFileSync(file(), 'v=1\nv=2\n');
      expect(await at()).to.include({ state: 'warn', says: `2 events wait in ${file()}` });
      rmSync(folder, { recursive: true });
      expect((await at()).says).to.contain('is not there: events would be lost');
    });

    it('warns of a folder that only root may write', async () => {
      chmodSync(folder, 0o755);
      const found = await at();
      if (process.getuid?.() === 0) expect(found.mend).to.contain('chown asterisk');
      else expect(found.state).to.equal('ok');
    });
  });

  describe('ports', () => {
    let server: Server;
    let port: number;
    beforeEach(async () => {
      server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));
    const env = () => ({ DIALHOOK_AGI_PORT: String(port), DIALHOOK_WEB_PORT: '0' });

    it('says which process has a port that is taken', async () => {
      expect(await listenerOf(port)).to.deep.include({ pid: process.pid });
      const other = await look(ports, { env: env(), probes: { listener: async () => ({ pid: 7, command: 'nginx' }) } });
      expect(other).to.include({ state: 'fail', says: `port ${port} is taken by process 7: nginx` });
      expect(other.mend).to.contain('DIALHOOK_AGI_PORT');
      const own = await look(ports, {
        env: env(),
        probes: { listener: async () => ({ pid: 7, command: 'node dist/src/main.js serve' }) },
      });
      expect(own).to.include({ state: 'ok', says: `port ${port} is held by Dialhook (process 7)` });
      expect((await look(ports, { env: env() })).state).to.equal('ok');
    });

    it('finds a free port free, and skips when none is fixed', async () => {
      await new Promise((resolve) => server.close(resolve));
      expect((await look(ports, { env: env() })).says).to.equal(`port ${port} is free: the server does not run`);
      expect(await listenerOf(port)).to.equal(null);
      expect((await look(ports, { env: { DIALHOOK_AGI_PORT: '0', DIALHOOK_WEB_PORT: '0' } })).state).to.equal('skip');
    });
  });

  describe('hooks', () => {
    let server: FakeAgi;
    beforeEach(async () => {
      server = await fakeAgi();
    });
    afterEach(() => server.close());
    const at = (port = server.port) => look(hooks, { env: { DIALHOOK_AGI_PORT: String(port) } });

    it('asks /ping as Asterisk would', async () => {
      const found = await at();
      expect(found.says).to.match(/answered \/ping in [\d.]+ ms$/);
      expect(server.sessions[0]?.env('agi_network_script')).to.equal('ping');
    });

    it('takes an answer that was slow once for the moment’s, and warns of a host that is slow', async () => {
      let slow = 1;
      const app = await fakeAgi((session) => {
        const ms = slow-- > 0 ? 80 : 0;
        setTimeout(() => void session.ask('SET VARIABLE DH_ACK 1').then(() => session.socket.end()), ms);
      });
      try {
        const { state, says } = await at(app.port);
        const took = Number(/in ([\d.]+) ms$/.exec(says)?.[1]);
        // On a busy machine the others may be slow of themselves.
        expect(state).to.equal(took <= 50 ? 'ok' : 'warn');
        expect(took).to.be.below(80);
        expect(app.sessions.length).to.be.within(2, 3);
        app.sessions.length = 0;
        slow = Number.POSITIVE_INFINITY;
        expect(await at(app.port)).to.include({ state: 'warn' });
        expect(app.sessions).to.have.length(3);
      } finally {
        await app.close();
      }
    });

    it('tells a stranger from a frozen server and from none', async () => {
      server.behave('close');
      expect((await at()).says).to.contain('does not know /ping');
      server.behave('silent');
      expect((await at()).says).to.contain('took the connection and said nothing');
      const { port } = server;
      await server.close();
      expect(await at(port)).to.include({ state: 'fail' });
      expect((await at(port)).says)
        .to.contain('no FastAGI server answers')
        .and.to.contain('ECONNREFUSED');
      server = await fakeAgi();
    });

    it('is skipped where this process does not answer the dialplan', async () => {
      expect((await look(hooks, { env: { DIALHOOK_ROLES: 'web' } })).state).to.equal('skip');
      expect((await look(hooks, { env: { DIALHOOK_AGI_PORT: '0' } })).state).to.equal('skip');
    });
  });
});

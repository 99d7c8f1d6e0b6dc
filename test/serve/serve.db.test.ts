// What can't run says so, and the rest runs without it.

import { once } from 'node:events';
import { createServer, type Server as NetServer } from 'node:net';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { startMariaDb } from '../../scripts/lab/mariadb.js';
import { freePort } from '../../scripts/lab/ports.js';
import { until } from '../../scripts/lab/wait.js';
import { formatLine } from '../../src/call/event.js';
import { type Server, serve } from '../../src/serve/serve.js';
import { openDatabase } from '../../src/store/database.js';
import { readCall } from '../../src/store/read-call.js';
import { dial, hangupAll } from '../agi/client.js';
import { testConfig } from '../stories/centre.js';
import { allStories } from '../stories/story.js';

describe('serve', function () {
  this.timeout(120_000);
  let folder: string;
  let stopping: AbortController;
  let running: Server | null;
  let said: string[];
  let taken: NetServer | null;
  const log = () => {
    const note = (fields: { reason?: string }, message: string) => void said.push(`${message} ${fields.reason ?? ''}`);
    const child = {
      debug: note,
      info: note,
      warn: note,
      error: note,
      fatal: note,
      child: () => child,
    } as unknown as Parameters<typeof serve>[1];
    return child;
  };
  const start = async (url: string, more: Record<string, string> = {}) => {
    running = await serve(
      testConfig(folder, url, { LOG_LEVEL: 'silent', ...more }),
      log(),
      (text) => void said.push(text),
      stopping.signal,
    );
    return running;
  };
  const send = (port: number | undefined, line: string) =>
    dial({ port: port ?? 0, request: '/event', args: [line] }).serve();
  const story = allStories().find((s) => s.file.startsWith('07-'));
  const lines = (story?.events ?? []).map((event) => formatLine({ ...event, v: 1 }));

  beforeEach(() => {
    folder = temporaryFolder('serve');
    stopping = new AbortController();
    said = [];
    running = null;
    taken = null;
  });
  afterEach(async () => {
    hangupAll();
    stopping.abort();
    await running?.stop();
    taken?.close();
    removeFolder(folder);
  });
  const take = async (port: number) => {
    taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
  };

  it('confirms events while there is no database, and has them in the tables when there is one', async () => {
    const maria = await startMariaDb();
    try {
      await maria.stop();
      const server = await start(maria.url);
      for (const line of lines) expect(await send(server.agi?.port, line)).to.deep.equal(['SET VARIABLE "DH_ACK" "1"']);
      await until(() => said.some((s) => s.includes('database is away')), {
        what: 'the log says that the database is away',
      });
      await maria.start();
      await server.recorder?.loop.settled(30_000);
      const db = openDatabase(maria.url);
      expect(await readCall(db, story?.events[0]?.call ?? '')).to.deep.include({ outcome: 'answered' });
      await db.close();
    } finally {
      stopping.abort();
      await running?.stop();
      running = null;
      await maria.remove();
    }
  });

  it('serves the pages while the FastAGI port is taken, and listens when it is free', async () => {
    const port = await freePort();
    await take(port);
    const starting = start(`sqlite:${folder}/db.sqlite`, { AGI_PORT: String(port) });
    await until(
      () =>
        said.some((s) =>
          /FastAGI server can't listen; choose another port by DIALHOOK_AGI_PORT.* another process listens there/.test(
            s,
          ),
        ),
      { what: 'the log says that the port is taken' },
    );
    taken?.close();
    const server = await starting;
    expect(server.agi?.port).to.equal(port);
    expect((await send(port, lines[0] ?? ''))[0]).to.contain('DH_ACK');
    expect((await fetch(`http://127.0.0.1:${server.web?.port}/login`)).status).to.equal(200);
  });

  it('answers the dialplan while the port of the pages is taken', async () => {
    const [web, agi] = [await freePort(), await freePort()];
    await take(web);
    const starting = start(`sqlite:${folder}/db.sqlite`, { WEB_PORT: String(web), AGI_PORT: String(agi) });
    await until(() => said.some((s) => s.includes("the pages can't listen")), {
      what: 'the log says that the port is taken',
    });
    expect((await send(agi, lines[0] ?? ''))[0]).to.contain('DH_ACK');
    taken?.close();
    expect((await starting).web?.port).to.equal(web);
  });

  it('makes an administrator on the first start, and never a second one', async () => {
    const url = `sqlite:${folder}/db.sqlite`;
    const server = await start(url);
    await server.tables;
    await until(() => said.some((s) => s.includes('first administrator')), { what: 'the password is told' });
    await server.stop();
    said = [];
    const again = await start(url);
    await again.tables;
    expect(said.some((s) => s.includes('first administrator'))).to.equal(false);
  });

  it('refuses a second server on the same journal, by the number of the first', async () => {
    const url = `sqlite:${folder}/db.sqlite`;
    await start(url);
    const second = serve(testConfig(folder, url), log(), () => undefined, stopping.signal);
    const refused = await second.then(
      () => '',
      (error: Error) => error.message,
    );
    expect(refused).to.contain(`process ${process.pid}`);
  });

  it('loses nothing that it confirmed when it is stopped at once', async () => {
    const url = `sqlite:${folder}/db.sqlite`;
    const server = await start(url);
    await server.tables;
    const confirmed = await Promise.all(lines.map((line) => send(server.agi?.port, line)));
    expect(confirmed.every((c) => c[0]?.includes('DH_ACK'))).to.equal(true);
    await server.stop();
    const again = await start(url);
    await again.recorder?.loop.settled(10_000);
    const db = openDatabase(url);
    expect(await readCall(db, story?.events[0]?.call ?? '')).to.deep.include({ outcome: 'answered' });
    await db.close();
  });
});

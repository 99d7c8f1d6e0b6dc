// A whole server beside a FreePBX's database: its names stand on both screens, and follow what is changed there.
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { until } from '../../scripts/lab/wait.js';
import { hashPassword } from '../../src/auth/password.js';
import { formatLine } from '../../src/call/event.js';
import { createLog } from '../../src/log/log.js';
import { type Server, serve } from '../../src/serve/serve.js';
import { openDatabase } from '../../src/store/database.js';
import { createUser } from '../../src/store/users.js';
import { dial, hangupAll } from '../agi/client.js';
import { testConfig } from '../stories/centre.js';
import { allStories } from '../stories/story.js';
import { Client } from '../web/serve.js';
import { type FreepbxTables, freepbxTables } from './tables.js';

const PASSWORD = 'a long enough password';

describe('freepbx: its names on the screens', function () {
  this.timeout(120_000);
  let folder: string;
  let theirs: FreepbxTables;
  let server: Server;
  let [lead, ben] = [] as unknown as [Client, Client];
  const stopping = new AbortController();

  before(async () => {
    folder = temporaryFolder('freepbx-screens');
    theirs = await freepbxTables();
    const url = `sqlite:${folder}/db.sqlite`;
    const config = testConfig(folder, url, { FREEPBX_DATABASE_URL: theirs.url, FREEPBX_EVERY_SECONDS: '1' });
    const log = createLog({ level: 'silent', pretty: false });
    server = await serve(config, log, () => undefined, stopping.signal);
    await server.tables;
    const db = openDatabase(url);
    const passwordHash = await hashPassword(PASSWORD);
    const now = Date.now();
    await createUser(db, { login: 'lead', name: 'Lead', role: 'supervisor', operator: '', passwordHash }, now);
    await createUser(db, { login: 'ben', name: 'Benjamin', role: 'operator', operator: '102', passwordHash }, now);
    await db.close();
    const base = `http://127.0.0.1:${server.web?.port}`;
    [lead, ben] = [new Client(base), new Client(base)];
    for (const [client, login] of [
      [lead, 'lead'],
      [ben, 'ben'],
    ] as const)
      expect((await client.signIn(login, PASSWORD)).status).to.equal(303);
  });
  after(async () => {
    hangupAll();
    stopping.abort();
    await server?.stop();
    await theirs?.close();
    removeFolder(folder);
  });

  const page = async (client: Client, path: string) => (await client.ask(path)).text();
  const shows = (client: Client, path: string, ...words: string[]) =>
    until(
      async () => {
        const html = await page(client, path);
        return words.every((word) => html.includes(word));
      },
      { what: `${path} shows ${words.join(', ')}`, deadline: 15_000, every: 200 },
    );

  it('names operators and queues for the supervisor, and colleagues for the operator', async () => {
    await shows(lead, '/monitor/live', 'Anna', 'Orders', 'Benjamin', 'FreePBX: Ben');
    await shows(ben, '/colleagues/live', 'Anna', 'Benjamin');
  });

  it('names the number that a caller dialled, the queue and the operator in the call', async () => {
    const story = allStories().find((one) => one.file.startsWith('07-'));
    const began = Date.now() - 10_000;
    const first = story?.events[0]?.at ?? 0;
    for (const event of (story?.events ?? []).slice(0, 6)) {
      const line = formatLine({ ...event, v: 1, at: began + (event.at - first) }).replaceAll(
        'queue=sales',
        'queue=400',
      );
      await dial({ port: server.agi?.port ?? 0, request: '/event', args: [line] }).serve();
    }
    await shows(lead, '/monitor/live', 'Orders by phone', '555-1000');
    await shows(ben, '/workstation/live', 'Orders by phone', 'Orders');
  });

  it('follows a change in FreePBX by itself', async () => {
    await theirs.sql("UPDATE users SET name = 'Annabel' WHERE extension = '101'");
    await theirs.sql("UPDATE queues_config SET descr = 'All orders'");
    await theirs.sql("DELETE FROM users WHERE extension = '102'");
    await shows(lead, '/monitor/live', 'Annabel', 'All orders', 'removed in FreePBX');
    await shows(ben, '/colleagues/live', 'Annabel');
    const metrics = await page(lead, '/metrics');
    expect(metrics).to.match(/^dialhook_freepbx_up 1$/m);
  });
});

// Both screens as they are with a busy centre behind them: the server, its database and the simulator, seen in a real browser.
// With DIALHOOK_PICTURES=1 the pictures of the README are made anew.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Chromium, startChromium } from '../../scripts/lab/chromium.js';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { until } from '../../scripts/lab/wait.js';
import { hashPassword } from '../../src/auth/password.js';
import { createLog } from '../../src/log/log.js';
import { type Server, serve } from '../../src/serve/serve.js';
import { perform } from '../../src/simulator/perform.js';
import { createPlayer } from '../../src/simulator/player.js';
import { createStory, type Story } from '../../src/simulator/story.js';
import { saveClients } from '../../src/store/clients.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { saveQueueSettings } from '../../src/store/queues.js';
import { createUser } from '../../src/store/users.js';
import { testConfig } from '../stories/centre.js';

const PASSWORD = 'a password of this test';
const PICTURES = fileURLToPath(new URL('../../docs/pictures', import.meta.url));

describe('both screens with a busy centre', function () {
  this.timeout(120_000);
  let folder: string;
  let server: Server;
  let db: Db;
  let story: Story;
  let chromium: Chromium;
  let playing: Promise<void>;
  const stopping = new AbortController();

  before(async function () {
    // A centre that has worked for a while has figures to show.
    const history = process.env['DIALHOOK_PICTURES'] ? 100_000 : 0;
    this.timeout(120_000 + history);
    folder = temporaryFolder('pictures');
    const config = testConfig(folder, `sqlite:${join(folder, 'db.sqlite')}`);
    server = await serve(config, createLog({ level: 'silent', pretty: false }), () => undefined, stopping.signal);
    await server.tables;
    db = openDatabase(config.databaseUrl);
    story = createStory({
      seed: 11,
      operators: 24,
      queues: 6,
      callsPerMinute: 30,
      wrapup: 20,
      extras: 0.25,
      startAt: Date.now(),
    });
    await people(db, story);
    const player = createPlayer({ host: '127.0.0.1', port: server.agi?.port ?? 0 });
    playing = perform({ story, player, lastsMs: 0, signal: stopping.signal, politeMs: 200 });
    chromium = await startChromium();
    await sleep(history);
  });
  after(async () => {
    await chromium?.close();
    stopping.abort();
    await playing;
    await server?.stop();
    await db?.close();
    removeFolder(folder);
  });

  async function logIn(login: string, options: { width: number; height: number; colorScheme: 'light' | 'dark' }) {
    const { width, height, colorScheme } = options;
    const opened = await chromium.open({
      baseURL: `http://127.0.0.1:${server.web?.port}`,
      viewport: { width, height },
      colorScheme,
    });
    await opened.page.goto('/login');
    await opened.page.fill('input[name=login]', login);
    await opened.page.fill('input[name=password]', PASSWORD);
    await opened.page.press('input[name=password]', 'Enter');
    await opened.page.waitForURL((url) => url.pathname !== '/login');
    return opened;
  }

  /** Where a picture goes: into the docs when they are made anew, else beside the test's other files. */
  const picture = (name: string) => {
    const place = process.env['DIALHOOK_PICTURES'] ? PICTURES : folder;
    mkdirSync(place, { recursive: true });
    return join(place, name);
  };

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`the monitor, ${colorScheme}`, async () => {
      const { page, errors, close } = await logIn('supervisor', { width: 1920, height: 1080, colorScheme });
      await until(async () => (await page.locator('[data-call]').count()) >= 6, {
        what: 'six calls on the monitor',
        deadline: 60_000,
        every: 200,
      });
      await page.getByText('Talking').first().waitFor();
      await page.getByRole('heading', { name: 'Operators' }).waitFor();
      await page.screenshot({ path: picture(`monitor-${colorScheme}.png`) });
      expect(errors).to.deep.equal([]);
      await close();
    });
  }

  it('the workstation of an operator who is in a call', async () => {
    const busy = await until(
      async () =>
        (
          await db
            .knex('rt_legs')
            .where({ role: 'device' })
            .whereNot({ queue: '' })
            .whereNotNull('answered_at')
            .whereNull('ended_at')
            .pluck('operator')
        )[0],
      {
        what: 'an operator talks with a caller of a queue',
        deadline: 30_000,
      },
    );
    const { page, errors, close } = await logIn(String(busy), { width: 1366, height: 768, colorScheme: 'light' });
    await page.getByRole('button', { name: 'Hang up' }).first().waitFor();
    await page.screenshot({ path: picture('workstation-light.png') });
    expect(errors).to.deep.equal([]);
    await close();
  });
});

/** The people of the simulator's story, so that the screens name them. */
async function people(db: Db, story: Story): Promise<void> {
  const passwordHash = await hashPassword(PASSWORD);
  const now = Date.now();
  for (const { endpoint, name } of story.cast.operators)
    await createUser(db, { login: endpoint, name, role: 'operator', operator: endpoint, passwordHash }, now);
  await createUser(
    db,
    { login: 'supervisor', name: 'Supervisor', role: 'supervisor', operator: '', passwordHash },
    now,
  );
  await saveClients(db, story.cast.clients);
  await saveQueueSettings(
    db,
    story.cast.queues.map(({ name, title }) => ({ queue: name, title, answerWithin: 20, shortAbandon: 5, target: 80 })),
  );
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Chromium, startChromium, takePicture } from '../../scripts/lab/chromium.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type Child, startChild } from '../../scripts/lab/process.js';
import { ended } from '../../scripts/lab/service.js';
import { until } from '../../scripts/lab/wait.js';

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url));
/** A demo is ready within three minutes on a fresh machine; here everything is set up. */
const READY_MS = 90_000;

describe('demo', function () {
  this.timeout(READY_MS + 60_000);
  let chromium: Chromium;
  let demo: Child | null = null;
  before(async () => {
    chromium = await startChromium();
  });
  afterEach(() => demo?.stop());
  after(() => chromium?.close());

  async function start(script: string, args: string[]): Promise<{ child: Child; web: string; password: string }> {
    const port = await freePort();
    const child = await startChild(script, process.execPath, [
      '--import',
      'tsx',
      `${SCRIPTS}/${script}`,
      '--port',
      String(port),
      ...args,
    ]);
    demo = child;
    const password = () => /password of all: (\S+)/.exec(child.output())?.[1];
    const patience = {
      deadline: READY_MS,
      what: () => `the password:\n${child.output()}`,
      unless: () => ended(child) && child.output(),
    };
    return { child, web: `http://127.0.0.1:${port}`, password: await until(password, patience) };
  }

  /** Signs in as the supervisor and waits for callers and operators to be seen. */
  async function watch(web: string, password: string, name: string): Promise<void> {
    const { page, errors, close } = await chromium.open({ baseURL: web });
    await page.goto('/login');
    await page.fill('input[name=login]', 'lead');
    await page.fill('input[name=password]', password);
    await page.click('button.main');
    await page.waitForURL('**/monitor');
    await page.locator('[data-call]').first().waitFor({ timeout: 30_000 });
    await page.getByText('Dilnoza Yusupova').first().waitFor({ timeout: 30_000 });
    await page.getByText('Sales').first().waitFor();
    await takePicture(page, name);
    expect(errors).to.deep.equal([]);
    await close();
  }

  it('shows a busy centre, and Ctrl-C stops everything', async () => {
    const { child, web, password } = await start('demo.ts', []);
    await watch(web, password, 'demo');
    const folder = /logs in (\S+)/.exec(child.output())?.[1] ?? '';
    expect(existsSync(folder)).to.equal(true);
    process.kill(child.pid, 'SIGINT');
    expect(await child.exited).to.deep.equal({ code: 0, signal: null });
    expect(existsSync(folder)).to.equal(false);
    expect(await fetch(web).catch((error: Error) => error.message)).to.equal('fetch failed');
  });

  it('ends by itself after its time', async () => {
    const { child } = await start('demo.ts', ['--seconds', '1']);
    expect(await child.exited).to.deep.equal({ code: 0, signal: null });
    expect(child.output()).to.include('its time is over; stopping');
  });

  it('runs with a real Asterisk, MariaDB and phones', async () => {
    const { child, web, password } = await start('demo-pbx.ts', []);
    await watch(web, password, 'demo-pbx');
    process.kill(child.pid, 'SIGINT');
    expect(await child.exited).to.deep.equal({ code: 0, signal: null });
  });

  it('says what it can be told', async () => {
    const child = await startChild('demo.ts', process.execPath, [
      '--import',
      'tsx',
      `${SCRIPTS}/demo.ts`,
      '--speed',
      'fast',
    ]);
    expect((await child.exited).code).to.equal(1);
    expect(child.output()).to.include('--speed fast: options are --seconds N and --port N');
  });
});

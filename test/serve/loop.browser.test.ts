// The whole loop: click → AMI → dialplan → phone rings → FastAGI → journal → MariaDB → the page shows it. Nothing is made up.
import { expect } from 'chai';
import { type Chromium, type OpenPage, startChromium } from '../../scripts/lab/chromium.js';
import { sharedMariaDb } from '../../scripts/lab/mariadb.js';
import { answerAfter, type Phone, rejectWith, ringOnly } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { hashPassword } from '../../src/auth/password.js';
import { saveClients } from '../../src/store/clients.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { createUser } from '../../src/store/users.js';

const PASSWORD = 'a password of this test';
const CLIENT = '+998000000142';

describe('the whole loop, Asterisk 22, MariaDB, Chromium', function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let server: Server;
  let db: Db;
  let phone: Phone;
  let trunk: Phone;
  let chromium: Chromium;
  let desk: OpenPage;

  before(async () => {
    const url = await (await sharedMariaDb()).createDatabase();
    const agiPort = String(await freePort());
    pbx = await startSamplePbx({ version: '22', agi: `127.0.0.1:${agiPort}` });
    server = await startServer({
      env: {
        DIALHOOK_AGI_PORT: agiPort,
        DIALHOOK_DATABASE_URL: url,
        DIALHOOK_PBX: pbx.pbx,
        DIALHOOK_AMI_HOST: '127.0.0.1',
        DIALHOOK_AMI_PORT: String(pbx.amiPort),
        DIALHOOK_AMI_USER: pbx.amiUser,
        DIALHOOK_AMI_SECRET: pbx.amiSecret,
        DIALHOOK_CALL_PREFIXES: '998',
      },
    });
    db = openDatabase(url);
    const passwordHash = await hashPassword(PASSWORD);
    await createUser(
      db,
      { login: 'lola', name: 'Lola M.', role: 'operator', operator: '101', passwordHash },
      Date.now(),
    );
    await createUser(db, { login: 'lead', name: 'Lead', role: 'supervisor', operator: '', passwordHash }, Date.now());
    await saveClients(db, [{ number: CLIENT, name: 'Aziza Karimova', company: 'Orion LLC', vip: true }]);
    phone = await pbx.phone('101', { autoAnswer: false });
    trunk = await pbx.trunk();
    chromium = await startChromium();
    desk = await logIn('lola');
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    await db?.close();
    await pbx?.remove();
  });
  beforeEach(() => {
    phone.reset(ringOnly);
    trunk.reset(answerAfter(300));
  });

  async function logIn(login: string): Promise<OpenPage> {
    const opened = await chromium.open({ baseURL: server.web, viewport: { width: 1366, height: 768 } });
    await opened.page.goto('/login');
    await opened.page.fill('input[name=login]', login);
    await opened.page.fill('input[name=password]', PASSWORD);
    await opened.page.press('input[name=password]', 'Enter');
    await opened.page.waitForURL((address) => address.pathname !== '/login');
    return opened;
  }

  /** The operator's own state as the page words it. */
  const mine = (word: string) =>
    desk.page.locator('#mine .me').getByText(word, { exact: true }).first().waitFor({ timeout: 20_000 });
  const quiet = () => until(async () => (await db.knex('rt_calls')).length === 0, { what: 'no call runs' });

  it('logs the operator in by a click', async () => {
    await desk.page.getByRole('button', { name: /Log in, ready/ }).click();
    await mine('Ready');
    expect(await pbx.cli('queue show sales')).to.contain('PJSIP/101');
  });

  it('makes the phone ring by a number typed on the page, and shows the talk', async () => {
    await desk.page.fill('#call', '+998 00 000 01 42');
    await desk.page.press('#call', 'Enter');
    const own = await phone.incoming();
    await mine('Ringing');
    own.answer();
    const far = await trunk.incoming();
    expect(far.dialled).to.equal(CLIENT);
    await mine('Talking');
    await desk.page.getByText('Aziza Karimova').first().waitFor({ timeout: 20_000 });
    const row = (await db.knex('rt_calls')) as {
      direction: string;
      dialled: string;
      state: string;
      click_id: string;
    }[];
    expect(row[0]).to.include({ direction: 'out', dialled: CLIENT, state: 'talking' });

    await desk.page.locator('#hangup').click();
    await own.ended();
    await far.ended();
    await mine('Ready');
    await quiet();
    const clicks = (await db.knex('clicks').orderBy('sent_at')) as { verb: string; login: string; result: string }[];
    expect(clicks.map((c) => `${c.login} ${c.verb} ${c.result}`)).to.deep.equal([
      'lola login ok',
      'lola call ok',
      'lola hangup ok',
    ]);
  });

  it('says honestly that the own phone refused', async () => {
    phone.reset(rejectWith(603));
    await desk.page.fill('#call', '5550142');
    await desk.page.fill('#call', CLIENT);
    await desk.page.press('#call', 'Enter');
    await desk.page
      .getByText(/refused|could not be reached/)
      .first()
      .waitFor({ timeout: 20_000 });
    await quiet();
  });

  it('does not send what may not be called, and says why', async () => {
    await desk.page.fill('#call', '+44 555 0142 00');
    await desk.page.press('#call', 'Enter');
    await desk.page
      .getByText(/not allowed/)
      .first()
      .waitFor({ timeout: 20_000 });
    expect(phone.calls()).to.deep.equal([]);
  });

  it('shows who calls before the operator answers', async () => {
    const call = trunk.call('5551000', { from: { number: CLIENT } });
    const own = await phone.incoming();
    await mine('Ringing');
    await desk.page.locator('h1,h2').getByText('Aziza Karimova').first().waitFor({ timeout: 20_000 });
    expect(await desk.page.locator('#mine').textContent())
      .to.contain('VIP')
      .and.to.contain('Orion LLC');
    own.answer();
    await mine('Talking');
    await call.hangup();
    await mine('Ready');
    await quiet();
  });

  it('counts the wrap-up after a talk down, makes it longer and ends it; the call’s story is one click away', async () => {
    await pbx.cli('dialplan set global DH_WRAPUP 50');
    const left = () => desk.page.locator('.left-now .t').textContent();
    try {
      const call = trunk.call('5551000', { from: { number: CLIENT } });
      const own = await phone.incoming();
      own.answer();
      await mine('Talking');
      await call.hangup();
      await mine('Wrap-up');
      await desk.page
        .locator('#h-wrap')
        .getByText(/Wrap-up/)
        .waitFor({ timeout: 20_000 });
      expect(await left()).to.match(/^0:[345]\d$/);
      await desk.page.getByRole('button', { name: /^\+1 min/ }).click();
      await until(async () => /^1:[2345]\d$/.test((await left()) ?? ''), { what: 'a minute more' });
      await desk.page.getByRole('button', { name: /^Done/ }).click();
      await mine('Ready');
      await quiet();
    } finally {
      await pbx.cli('dialplan set global DH_WRAPUP 0');
    }
    await desk.page.locator('.recent a.tool').first().click();
    await desk.page
      .getByText(/called 555-1000/)
      .first()
      .waitFor({ timeout: 20_000 });
    expect(await desk.page.locator('.told').textContent()).to.include('and the caller talked');
    await desk.page.goBack();
    await mine('Ready');
  });

  it('lets a supervisor see the call and hang it up', async () => {
    phone.reset(answerAfter(200));
    const lead = await logIn('lead');
    const call = trunk.call('5551000', { from: { number: CLIENT } });
    await call.answered();
    const button = lead.page.getByRole('button', { name: /^Hang up/ }).first();
    await button.waitFor({ timeout: 20_000 });
    await lead.page.getByText('Talking').first().waitFor({ timeout: 20_000 });
    await button.click();
    await lead.page
      .getByRole('dialog')
      .getByRole('button', { name: /Hang up/ })
      .click();
    await call.ended();
    await quiet();
    expect(lead.errors).to.deep.equal([]);
    await lead.close();
  });

  it("leaves no error on the operator's page", () => {
    expect(desk.errors).to.deep.equal([]);
  });
});

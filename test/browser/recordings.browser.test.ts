// A recording on the page of its call: a real browser plays it, seeks in it, and complains of nothing.
import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Chromium, type OpenPage, startChromium, takePicture } from '../../scripts/lab/chromium.js';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { scan } from '../../src/recordings/scan.js';
import { listeningIn } from '../../src/serve/listening.js';
import { DAY, freepbxPath, put } from '../recordings/trees.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { type Served, serve } from '../web/serve.js';
import { signIn, until } from './launch.js';

const AT = Date.now() - 3 * DAY;
const RATE = 8000;
const SECONDS = 4;

/** A tone as Asterisk records it: 8 kHz, 16 bits, one channel. */
function tone(): Buffer {
  const data = Buffer.alloc(RATE * SECONDS * 2);
  for (let i = 0; i < RATE * SECONDS; i += 1) data.writeInt16LE(Math.round(8000 * Math.sin(i / 3)), i * 2);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

describe('a recording in the browser', function () {
  this.timeout(120_000);
  let test: TestDb;
  let root: string;
  let served: Served;
  let chromium: Chromium;
  let opened: OpenPage;

  before(async () => {
    test = await emptyDatabase('sqlite');
    root = temporaryFolder('recordings');
    const path = freepbxPath(AT);
    writeFileSync(put(root, path, AT), tone());
    put(root, 'pbx1-a-2.gsm', AT);
    put(root, 'pbx1-a-3.wav', AT, '');
    await scan({ db: test.db, pbx: 'pbx1', root, now: () => Date.now() + 120_000 });
    await test.db.knex('recordings').update({ call_id: 'pbx1-a' });
    served = await serve((stand) => {
      stand.deps.recordings = listeningIn(test.db, root, () => Date.now() + 120_000);
    });
    chromium = await startChromium();
    opened = await chromium.open({ viewport: { width: 1366, height: 900 } });
    await signIn(opened.page, served.base, 'sabir');
    await opened.page.goto(`${served.base}/calls/pbx1-a`);
  });
  after(async () => {
    await opened?.close();
    await chromium?.close();
    await served?.close();
    await test?.remove();
    removeFolder(root);
  });

  it('plays, and from its middle too', async () => {
    const { page } = opened;
    expect(await page.locator('audio').count()).to.equal(1);
    await page.evaluate("void document.querySelector('audio').play()");
    await until(page, "document.querySelector('audio').currentTime > 0.1");
    const length = (await page.evaluate("document.querySelector('audio').duration")) as number;
    expect(length).to.be.closeTo(SECONDS, 0.1);
    await page.evaluate("document.querySelector('audio').currentTime = 3");
    await until(page, "document.querySelector('audio').ended");
    expect(served.stores.rows.audit.filter(({ kind }) => kind === 'recording_heard')).to.have.length(1);
  });

  it('says what can not be played, and is marked to be kept by a click', async () => {
    const { page, errors } = opened;
    expect(await page.locator('.recordings').textContent())
      .to.include('Browsers can not play gsm.')
      .and.include('Nothing was recorded');
    await page.fill('input[name="why"]', 'claim 17');
    await page.click('form.keep button');
    await page.waitForSelector('form.keep >> text=Kept by sabir');
    await takePicture(page, 'story-recordings-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await takePicture(page, 'story-recordings-dark');
    expect(errors).to.deep.equal([]);
  });
});

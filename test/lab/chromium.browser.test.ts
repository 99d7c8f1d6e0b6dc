import { createServer, type Server } from 'node:http';
import { expect } from 'chai';
import { type Chromium, startChromium } from '../../scripts/lab/chromium.js';

const PAGE = `<!doctype html><title>lab</title><link rel="icon" href="data:,">
<style>body { background: white } @media (prefers-color-scheme: dark) { body { background: black } }</style>
<button onclick="this.textContent = 'pressed'">press</button>`;

describe('lab: Chromium', () => {
  let chromium: Chromium;
  let server: Server;
  let baseURL: string;
  before(async function () {
    this.timeout(120_000);
    server = createServer((request, response) => {
      if (request.url === '/broken') response.statusCode = 500;
      response
        .setHeader('content-type', 'text/html')
        .end(request.url === '/thrown' ? '<script>throw new Error("thrown")</script>' : PAGE);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    baseURL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    chromium = await startChromium();
  });
  after(async () => {
    await chromium?.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it('opens a page and presses a button', async () => {
    const { page, errors, close } = await chromium.open({ baseURL });
    await page.goto('/');
    await page.getByRole('button').click();
    expect(await page.getByRole('button').textContent()).to.equal('pressed');
    expect(errors).to.deep.equal([]);
    await close();
  });

  for (const [colorScheme, colour] of [
    ['light', 'rgb(255, 255, 255)'],
    ['dark', 'rgb(0, 0, 0)'],
  ] as const) {
    it(`shows a ${colorScheme} page`, async () => {
      const { page, close } = await chromium.open({ baseURL, colorScheme });
      await page.goto('/');
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).to.equal(colour);
      await close();
    });
  }

  it('keeps what goes wrong in a page', async () => {
    const { page, errors, close } = await chromium.open({ baseURL });
    await page.goto('/thrown');
    await page.goto('/broken');
    expect(errors.join('\n')).to.include('exception: thrown').and.include('response: 500');
    await close();
  });
});

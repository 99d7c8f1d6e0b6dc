import { expect } from 'chai';
import { Client, type Served, serve } from './serve.js';

describe('assets', () => {
  let served: Served;
  let client: Client;
  let base: string;
  before(async () => {
    served = await serve();
    client = new Client(served.base);
    base = /\/assets\/[0-9a-f]{12}/.exec(await (await client.ask('/login')).text())?.[0] ?? '';
  });
  after(() => served.close());

  it('are kept for a year under an address that changes with them', async () => {
    for (const [path, type] of [
      ['css/tokens.css', 'text/css'],
      ['js/monitor.js', 'text/javascript'],
      ['icons.svg', 'image/svg+xml'],
      ['vendor/htmx.js', 'text/javascript'],
      ['vendor/idiomorph.js', 'text/javascript'],
      ['vendor/inter-cyrillic.woff2', 'font/woff2'],
    ] as const) {
      const answer = await client.ask(`${base}/${path}`);
      expect(answer.status, path).to.equal(200);
      expect(answer.headers.get('content-type')).to.include(type);
      expect(answer.headers.get('cache-control')).to.equal('public, max-age=31536000, immutable');
    }
    const other = await client.ask(`/assets/000000000000/css/tokens.css`);
    expect([other.status, other.headers.get('cache-control')]).to.deep.equal([200, 'no-cache']);
  });

  it('are named by the pages only as they are', async () => {
    const { readdirSync, readFileSync } = await import('node:fs');
    const { join } = await import('node:path');
    const { projectRoot } = await import('../../src/web/root.js');
    const views = join(projectRoot(), 'views');
    const sprite = readFileSync(join(projectRoot(), 'public/icons.svg'), 'utf8');
    for (const file of readdirSync(views, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.hbs')) continue;
      const source = readFileSync(join(views, file), 'utf8');
      for (const [, path] of source.matchAll(/\{\{assets\}\}\/([\w./-]+?)["#]/g)) {
        expect((await client.ask(`${base}/${path}`)).status, `${file}: ${path}`).to.equal(200);
      }
      for (const [, name] of source.matchAll(/icon name="(\w+)"/g)) expect(sprite, file).to.include(`id="${name}"`);
    }
  });

  it('come from nowhere else', async () => {
    const html = await (await client.ask('/login')).text();
    for (const [, where] of html.matchAll(/(?:src|href)="([^"#]+)"/g)) expect(where).to.match(/^\//);
    const css = await (await client.ask(`${base}/css/tokens.css`)).text();
    for (const [, where] of css.matchAll(/url\(([^)]+)\)/g)) {
      expect(where).to.match(/^\.\.\/vendor\//);
      expect((await client.ask(`${base}/css/${where}`)).status).to.equal(200);
    }
  });
});

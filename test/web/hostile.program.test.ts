import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Snapshot } from '../../src/call/live.js';
import { projectRoot } from '../../src/web/root.js';
import { CORPUS } from '../corpus/corpus.js';
import { busyDay } from './fixtures.js';
import { type Served, serve, signedIn } from './serve.js';

/** The same snapshot with every text in it replaced; ids stay apart by a number at their end. */
function poisoned(text: string): Snapshot {
  const day = busyDay(1_763_000_000_000);
  const keep = new Set(['state', 'direction']);
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return keep.has(key) ? value : /^\d*$/.test(value) ? `${text}${value}` : text;
    if (Array.isArray(value)) return value.map((one) => walk(one, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]));
  };
  return walk(day, '') as Snapshot;
}

/** Tags and attributes of a page, without what stands between them. */
const tags = (html: string) => [...html.matchAll(/<(\/?[a-z][\w-]*)((?:\s+[\w-]+(?:="[^"]*"|='[^']*')?)*)\s*\/?>/gi)];
/** Names of all attributes, their values left out. */
const attributes = (html: string) =>
  tags(html).flatMap((tag) =>
    (tag[2] ?? '')
      .replace(/="[^"]*"|='[^']*'/g, '')
      .trim()
      .split(/\s+/),
  );

describe('hostile text', () => {
  let served: Served;
  before(async () => {
    served = await serve();
  });
  after(() => served.close());

  for (const { name, text } of CORPUS) {
    it(`stays text in every field: ${name}`, async () => {
      const [admin, lola] = [await signedIn(served.base, 'admin'), await signedIn(served.base, 'lola')];
      const plain = { monitor: '', workstation: '' };
      served.snapshot = busyDay(1_763_000_000_000);
      plain.monitor = await (await admin.ask('/monitor')).text();
      served.snapshot = poisoned(text);
      for (const row of served.stores.rows.users) row.name = text;
      const answers = [
        await admin.ask('/monitor'),
        await admin.ask('/monitor/live'),
        await lola.ask('/colleagues/live'),
      ];
      // The operator's own endpoint is poisoned in the snapshot, so the page shows them offline; the call is admin's.
      answers.push(await lola.ask('/workstation'), await admin.ask('/workstation/live'));
      for (const answer of answers) {
        expect(answer.status).to.equal(200);
        const html = await answer.text();
        expect(html).not.to.match(/<script>|<img|<iframe|<svg\/onload/i);
        expect(new Set(attributes(html).filter((name) => /^on/i.test(name)))).to.deep.equal(new Set());
        expect(html).not.to.include('[object Object]');
        expect(answer.headers.get('set-cookie') ?? '').not.to.include('a=b');
      }
      const allowed = new Set(tags(plain.monitor).map((tag) => tag[1]));
      const html = await (await admin.ask('/monitor')).text();
      const strange = tags(html)
        .map((tag) => tag[1])
        .filter((name) => !allowed.has(name));
      expect(strange).to.deep.equal([]);
    });
  }

  it('in a request is never repeated on an error page', async () => {
    const client = await signedIn(served.base, 'sabir');
    for (const { text } of CORPUS.slice(0, 6)) {
      const answer = await client.ask(`/${encodeURIComponent(text)}?x=${encodeURIComponent(text)}`, {
        headers: { Accept: 'text/html' },
      });
      expect(answer.status).to.equal(404);
      expect(await answer.text()).not.to.include('hacked=1');
    }
  });

  it('has no unescaped way into a template', () => {
    const views = join(projectRoot(), 'views');
    for (const file of readdirSync(views, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.hbs')) continue;
      const source = readFileSync(join(views, file), 'utf8');
      expect(source, file).not.to.match(/\{\{\{|\{\{&/);
      expect(source, `${file}: style and script stand in files of their own`).not.to.match(
        /\sstyle=|<style|\son\w+=|<script>(?!<)/,
      );
    }
  });
});

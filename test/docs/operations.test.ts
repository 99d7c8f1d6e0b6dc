// docs/operations.md and the board name exactly the metrics that there are.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { OPTIONS } from '../../src/config/options.js';

const from = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string) => readFileSync(from(path), 'utf8');
const namesIn = (text: string) => new Set(text.match(/\bdialhook_[a-z_]*[a-z]\b/g) ?? []);

const made = namesIn(
  readdirSync(from('src/serve/operations'))
    .map((file) => read(`src/serve/operations/${file}`))
    .join('\n'),
);
/** Of a histogram the samples have names of their own. */
const known = (name: string) => made.has(name) || made.has(name.replace(/_(bucket|sum|count)$/, ''));

describe('docs/operations.md and docs/grafana.json', () => {
  it('name every metric that is told, and none that is not', () => {
    const text = read('docs/operations.md');
    const rows = text.slice(text.indexOf('| metric |'), text.indexOf('### What to be woken for'));
    expect([...namesIn(rows)].sort()).to.deep.equal([...made].sort());
    expect([...namesIn(text)].filter((name) => !known(name))).to.deep.equal([]);
  });

  it('name options that there are', () => {
    const options = Object.values(OPTIONS).map(({ env }) => env);
    for (const file of ['operations', 'backup'])
      for (const [name] of read(`docs/${file}.md`).matchAll(/\bDIALHOOK_[A-Z_]+/g))
        expect(options, file).to.include(name);
  });

  it('draw a board that Grafana can read', () => {
    const board = JSON.parse(read('docs/grafana.json')) as {
      panels: {
        id: number;
        title: string;
        gridPos: Record<'x' | 'y' | 'w' | 'h', number>;
        targets: { expr: string }[];
      }[];
    };
    const taken = new Map<string, string>();
    for (const { title, gridPos, targets } of board.panels) {
      for (const { expr } of targets)
        expect(
          [...namesIn(expr)].filter((name) => !known(name)),
          title,
        ).to.deep.equal([]);
      expect(gridPos.x + gridPos.w, title).to.be.at.most(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x} ${y}`), `${title} lies on another`).to.equal(undefined);
          taken.set(`${x} ${y}`, title);
        }
    }
    expect(new Set(board.panels.map(({ id }) => id)).size).to.equal(board.panels.length);
  });
});

// What a real FreePBX 16 and 17 printed is read back whole.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { extensionOf, parseDialplanShow } from '../../src/freepbx/hooks/dialplan-show.js';
import { type HookPlace, judgeHook } from '../../src/freepbx/hooks/judge.js';

const printed = (version: string) =>
  gunzipSync(
    readFileSync(fileURLToPath(new URL(`fixtures/${version}/dialplan-show.txt.gz`, import.meta.url))),
  ).toString();

describe('dialplan show', () => {
  for (const [version, contexts, extensions, priorities] of [
    ['16', 183, 579, 3630],
    ['17', 183, 568, 3635],
  ] as const)
    it(`of a FreePBX ${version} is read whole: as many as Asterisk counted`, () => {
      const read = parseDialplanShow(printed(version));
      const all = [...read.values()].flatMap((one) => one.extensions);
      const counted = new Set(
        [...read.values()].flatMap((c) => c.extensions.map((e) => `${e.pattern} ${e.cidMatch}@${c.name}`)),
      );
      expect(read.size).to.equal(contexts);
      expect(counted.size).to.equal(extensions);
      expect(all.reduce((sum, one) => sum + one.priorities.length + (one.hint === '' ? 0 : 1), 0)).to.equal(priorities);
      for (const one of all.flatMap((extension) => extension.priorities)) {
        expect(one.app).to.match(/^\w+$/);
        expect(one.file).to.match(/^[\w./]+$/);
      }
    });

  it('gives label, application, data, file and line', () => {
    const read = parseDialplanShow(printed('17'));
    const one = extensionOf(read.get('macro-dial-one'), 's')?.priorities.find(({ label }) => label === 'nodial');
    expect(one).to.include({ app: 'Noop', file: 'extensions_additional.conf' });
    expect(read.get('from-internal')?.includes).to.deep.equal([
      'from-internal-noxfer',
      'from-internal-xfer',
      'bad-number',
    ]);
  });

  it('of a context that is not there has nothing', () => {
    expect(
      parseDialplanShow("There is no existence of 'x' context\nCommand 'dialplan show x' failed.\n").size,
    ).to.equal(0);
  });
});

describe('a hook', () => {
  const place: HookPlace = { context: 'macro-hook', exten: 's', priorities: 2, tail: 'own' };
  const judged = (body: string, asked = place) => {
    const read = parseDialplanShow(`[ Context 'macro-hook' created by 'pbx_config' ]\n${body}\n`);
    const { state, where } = judgeHook(read, asked, (file) => file.startsWith('dialhook'));
    return `${state} ${where}`;
  };
  const OURS =
    "  's' =>            1. Gosub(dialhook,dial,1(a[b]))   [dialhook-freepbx.conf:3]\n     [end]          2. Return() [dialhook-freepbx.conf:4]";

  it('is ours, absent, taken, mixed, or has a foreign tail', () => {
    expect(judged(OURS)).to.equal('ours dialhook-freepbx.conf:3');
    expect(judged('')).to.equal('absent ');
    expect(judged("  's' =>            1. MacroExit()   [extensions.conf:308]")).to.equal('taken extensions.conf:308');
    expect(judged(OURS.replace('dialhook-freepbx.conf:4', 'extensions_custom.conf:9'))).to.equal(
      'mixed extensions_custom.conf:9',
    );
    expect(judged(`${OURS}\n                    3. Set(X=1) [extensions_custom.conf:10]`)).to.equal(
      'tail extensions_custom.conf:10',
    );
    const generated = { ...place, priorities: 1, tail: 'generated' as const };
    expect(
      judged(
        "  's' => 1. Gosub(x,s,1) [dialhook-override.conf:2]\n   2. Set(TECH=1) [extensions_additional.conf:9]",
        generated,
      ),
    ).to.equal('ours dialhook-override.conf:2');
  });
});

// Our lines in the site's texts: where they go, and that nothing of the site is lost when they are taken out again.
import { expect } from 'chai';
import fc from 'fast-check';
import { chain } from '../../src/freepbx/install/chain.js';
import { unified } from '../../src/freepbx/install/diff.js';
import { settingsOf, withBlock, withoutBlock } from '../../src/freepbx/install/settings.js';
import { addInclude, takeOut } from '../../src/freepbx/install/text.js';

const LINE = '#include dialhook/freepbx/extensions.conf';
const HOOK = 'macro-dialout-one-predial-hook';
const GOSUB = 'Gosub(dialhook-freepbx-one,s,1)';
const chained = (body: string, macros = false, place: 'end' | 'first' = 'end', exten = 's') =>
  chain(`[${HOOK}]\n${body}`, { context: HOOK, exten, gosub: GOSUB, place }, macros);
const added = (body: string, macros = false) => chained(body, macros).text?.split('\n').slice(1) ?? [];

/** Lines as sites write them: comments, blanks, any bytes, any line end. */
const site = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom(
          '',
          '; comment',
          '[globals]',
          '[from-internal-custom]',
          'exten => s,1,NoOp()',
          ' same => n,Return()',
        ),
        fc.string({
          unit: fc
            .nat(255)
            .filter((n) => n !== 10 && n !== 13)
            .map((n) => String.fromCharCode(n)),
          maxLength: 12,
        }),
      ),
      fc.constantFrom('\n', '\r\n'),
    ),
    { maxLength: 12 },
  )
  .chain((lines) =>
    fc.boolean().map((open) => {
      const text = lines.map(([line, end]) => line + end).join('');
      return open ? text.replace(/\r?\n$/, '') : text;
    }),
  )
  .filter((text) => !text.includes('dialhook') && !/\r(?!\n)/.test(text));

describe('texts of the installation', () => {
  it('takes an include line out as if it had never been there', () => {
    fc.assert(
      fc.property(site, fc.constantFrom('first' as const, 'last' as const, { after: '[globals]' }), (text, place) => {
        const made = addInclude(text, LINE, place);
        expect(made).to.contain(LINE);
        expect(takeOut(made, [LINE])).to.equal(text);
      }),
      { numRuns: 500 },
    );
  });

  it('takes its lines out of a hook as if they had never been there', () => {
    const app = fc.constantFrom(
      'NoOp(a)',
      'Set(A=b)',
      'Goto(end)',
      'GotoIf($[1]?end)',
      'ExecIf($[1]?Return())',
      'Return()',
      'MacroExit',
    );
    const step = fc.tuple(
      fc.constantFrom('n', '2', 'n(end)'),
      app,
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom('exten => s,', ' same => '),
    );
    const hook = fc.tuple(app, fc.array(step, { maxLength: 5 }), fc.boolean()).map(([first, rest, open]) => {
      const text = `exten => s,1,${first}\n${rest.map(([n, what, end, how]) => `${how}${n},${what}${end}`).join('')}`;
      return open ? text.replace(/\r?\n$/, '') : text;
    });
    fc.assert(
      fc.property(hook, fc.boolean(), (body, macros) => {
        const { text } = chained(body, macros);
        if (text === null) return;
        expect(text).to.contain(GOSUB);
        expect(takeOut(text, [])).to.equal(`[${HOOK}]\n${body}`);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes its block out of our configuration file as if it had never been there', () => {
    fc.assert(
      fc.property(site, (text) => {
        const made = withBlock(text, { DIALHOOK_PBX: 'pbx1', DIALHOOK_AGI_PORT: '' });
        expect(withoutBlock(made)).to.equal(text);
        expect(withBlock(made, { DIALHOOK_PBX: 'pbx2' })).to.equal(made);
      }),
      { numRuns: 500 },
    );
    expect(settingsOf(withBlock('DIALHOOK_PBX=mine\n', { DIALHOOK_PBX: 'pbx1' })).get('DIALHOOK_PBX')).to.equal('mine');
  });

  it('puts the line before the end of a hook, whatever counts its priorities', () => {
    expect(added('exten => s,1,NoOp()\n same => n,Return()\n')).to.deep.equal([
      'exten => s,1,NoOp()',
      `exten => s,n,${GOSUB} ; dialhook`,
      ' same => n,Return()',
      '',
    ]);
    expect(added('exten => s,1,NoOp()\nexten => s,2,MacroExit()', true)).to.deep.equal([
      'exten => s,1,NoOp()',
      `exten => s,n,${GOSUB} ; dialhook`,
      ';dialhook keeps: exten => s,2,MacroExit()',
      'exten => s,n,MacroExit() ; dialhook',
    ]);
    expect(added('exten => s,1,NoOp()', true)).to.deep.equal([
      'exten => s,1,NoOp()',
      `exten => s,n,${GOSUB} ; dialhook`,
    ]);
    expect(added('exten => s,1,MacroExit()\n', true).slice(0, 3)).to.deep.equal([
      `exten => s,1,${GOSUB} ; dialhook`,
      ';dialhook keeps: exten => s,1,MacroExit()',
      'exten => s,n,MacroExit() ; dialhook',
    ]);
  });

  it('puts it first into one that jumps, and leaves one alone whose numbers would be wrong', () => {
    expect(
      added('exten => s,1,GotoIf($[1]?end)\n same => n,NoOp()\n same => n(end),Return()\n').slice(0, 3),
    ).to.deep.equal([
      `exten => s,1,${GOSUB} ; dialhook`,
      ';dialhook keeps: exten => s,1,GotoIf($[1]?end)',
      'exten => s,n,GotoIf($[1]?end) ; dialhook',
    ]);
    const numbers = chained('exten => s,1,GotoIf($[1]?3)\nexten => s,2,NoOp()\nexten => s,3,Return()\n');
    expect(numbers.text).to.equal(null);
    expect(numbers.says).to.contain(`exten => s,n,${GOSUB}`);
  });

  it('warns of hooks by which calls die on this FreePBX, and only of those', () => {
    const warned = (body: string, macros: boolean) => chained(body, macros).warnings.join();
    expect(warned('exten => s,1,MacroExit()\n', false)).to.contain('MacroExit()');
    expect(warned('exten => s,1,NoOp()\n', false)).to.contain('no end');
    expect(warned('exten => s,1,Return()\n', true)).to.contain('Return()');
    expect(warned('exten => s,1,Macro(a)\n same => n,Return()\n', false)).to.contain('Macro()');
    const both = `exten => s,1,NoOp()\n same => n,ExecIf($["\${MACRO_CONTEXT}"=""]?Return())\n`;
    for (const [body, macros] of [
      [both, true],
      [both, false],
      ['exten => s,1,MacroExit()\n', true],
      ['exten => s,1,NoOp()\n', true],
      ['exten => s,1,Return()\n', false],
    ] as const)
      expect(warned(body, macros), body).to.equal('');
  });

  it('shows what diff -u would show', () => {
    expect(unified('f', 'a\nb\nc\nd\ne\nf\ng\nh\n', 'a\nb\nc\nd\nE\nf\ng\nh')).to.equal(
      '--- f\n+++ f\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n-h\n+h\n\\ No newline at end of file\n',
    );
    expect(unified('f', null, 'a\n')).to.equal(`--- /dev/null\n+++ f\n@@ -0,0 +1 @@\n+a\n`);
    expect(unified('f', 'a\n', 'a\n')).to.equal('');
  });
});

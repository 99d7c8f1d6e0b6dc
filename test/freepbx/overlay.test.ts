// Rules of the overlay's text that no run would show on the version it runs on.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const FOLDER = fileURLToPath(new URL('../../dialplan/freepbx', import.meta.url));
const HOOKS = join(FOLDER, 'hooks');
const read = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith(';'))
    .join('\n');
const overlay = read(join(FOLDER, 'extensions.conf'));
const hooks = readdirSync(HOOKS).map((name) => ({ context: name.replace('.conf', ''), text: read(join(HOOKS, name)) }));

describe('freepbx: the overlay', () => {
  it('ends each predial hook so that a call goes on under Macro() and under Gosub()', () => {
    const predial = hooks.filter(({ context }) => context.endsWith('predial-hook'));
    expect(predial).to.have.length(4);
    const last = predial.map(({ text }) => text.trim().split('\n').at(-1)?.trim());
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how a dialplan writes its variables
    expect(new Set(last)).to.deep.equal(new Set(['same => n,ExecIf($[0${MACRO_DEPTH} = 0]?Return())']));
  });

  it('calls no application that only one version has', () => {
    for (const text of [overlay, read(join(FOLDER, 'override.conf')), ...hooks.map((hook) => hook.text)])
      expect(text).to.not.match(/\b(Macro|MacroExit|MacroIf)\(/);
  });

  it('calls by GosubIf(), never by ExecIf(), what Macro() has to count', () => {
    for (const text of [overlay, read(join(FOLDER, 'override.conf')), ...hooks.map((hook) => hook.text)])
      expect(text).to.not.match(/ExecIf\(.*\?(Gosub|GosubIf|StackPop)\(/);
  });

  it('takes each of its hooks in, and every hook has a body that a site can call instead', () => {
    const taken = read(join(FOLDER, 'hooks.conf')).match(/hooks\/[\w-]+(?=\.conf)/g) ?? [];
    expect(taken.map((name) => name.slice('hooks/'.length)).sort()).to.deep.equal(
      hooks.map(({ context }) => context).sort(),
    );
    for (const { context, text } of hooks) {
      expect(text, context).to.contain(`[${context}]`);
      const bodies = text.match(/dialhook-freepbx-\w+(?=,s,1)/g) ?? [];
      for (const body of bodies) expect(overlay, context).to.contain(`\n[${body}]\n`);
    }
  });

  it('names nothing that stands among the options of Dial() with a capital T, which FreePBX deletes', () => {
    for (const option of overlay.match(/U\\?\([\w-]+/g) ?? []) expect(option).to.not.contain('T');
  });
});

// Every place the dialplan jumps to or calls exists, with its extension and label.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a dialplan writes its variables
import { expect } from 'chai';
import { confFiles, readSteps, type Step, split, where } from './read.js';

const files = [...confFiles(), ...confFiles('pbx/').filter((file) => file.name === 'pbx/extensions.conf')];
const steps = readSteps(files);

interface Target {
  context: string;
  exten: string;
  /** A priority number or a label. */
  priority: string;
  from: Step;
}

const known = (context: string, exten: string) =>
  steps.filter((s) => s.context === context && (s.exten === exten || matches(s.exten, exten)));

/** Whether a pattern covers an extension written in a Goto; one with a variable in it is taken to be covered by any pattern. */
function matches(pattern: string, exten: string): boolean {
  if (!pattern.startsWith('_')) return false;
  if (exten.includes('${')) return true;
  const source = pattern.slice(1).replace(/[XZN.!+*]|\[[^\]]+\]/g, (c) => {
    const digits: Record<string, string> = {
      X: '[0-9]',
      Z: '[1-9]',
      N: '[2-9]',
      '.': '.+',
      '!': '.*',
      '+': '\\+',
      '*': '\\*',
    };
    return digits[c] ?? c;
  });
  return new RegExp(`^${source}$`).test(exten);
}

/** `[context,]exten,priority`, `exten,priority` or a label of the same extension. */
function jump(text: string, from: Step): Target {
  const parts = split(text, ',');
  const [priority = '', exten = from.exten, context = from.context] = parts.reverse();
  return { context, exten, priority, from };
}

function targetsOf(step: Step): Target[] {
  const found: Target[] = [];
  if (step.app === 'Goto') found.push(jump(step.args, step));
  if (step.app === 'GotoIf') {
    const branches = step.args.slice(step.args.lastIndexOf('?') + 1);
    found.push(...split(branches, ':').map((branch) => jump(branch, step)));
  }
  for (const [, context = '', exten = '', priority = ''] of step.args.matchAll(/\b[bB]\(([\w-]+)\^(\w+)\^(\w+)\)/g)) {
    found.push({ context, exten, priority, from: step });
  }
  for (const [, context = ''] of step.args.matchAll(/\bU\(([\w-]+)\)/g)) {
    found.push({ context, exten: 's', priority: '1', from: step });
  }
  const pushed = /CHANNEL\(hangup_handler_push\)=([\w-]+),(\w+),(\w+)/.exec(step.args);
  if (pushed) found.push({ context: pushed[1] ?? '', exten: pushed[2] ?? '', priority: pushed[3] ?? '', from: step });
  const gosub = step.app === 'Gosub' ? /^([^,]+),([^,]+),(\w+)/.exec(step.args) : null;
  if (gosub) found.push({ context: gosub[1] ?? '', exten: gosub[2] ?? '', priority: gosub[3] ?? '', from: step });
  return found;
}

/** The two ways of sending stand for the argument that names them; some contexts are a site's own, those of the lists the server's. */
const SITE = ['${DH_OUT_CONTEXT}', '${DH_TRANSFER_CONTEXT}', 'dialhook-list-${ARG1}'];
const resolved = (target: Target): Target[] => {
  if (SITE.includes(target.context)) return [];
  if (target.context === '${DH_MEMBERS}') return [{ ...target, context: 'dialhook-members' }];
  if (target.context !== 'dialhook-${ARG2}') return [target];
  return ['dialhook-bound', 'dialhook-send'].map((context) => ({ ...target, context }));
};

describe('dialplan: jumps and calls', () => {
  const targets = steps.flatMap(targetsOf).flatMap(resolved);

  it('are many enough to mean something', () => {
    expect(targets.length).to.be.greaterThan(100);
  });

  it('lead to a context, extension and label that exist', () => {
    const missing = targets.filter(({ context, exten, priority }) => {
      const there = known(context, exten);
      if (there.length === 0) return true;
      return priority !== '1' && !there.some((step) => step.label === priority);
    });
    expect(missing.map((t) => `${where(t.from)}: ${t.context},${t.exten},${t.priority}`)).to.deep.equal([]);
  });

  it('send an event by one of the two ways', () => {
    const events = steps.filter((s) => s.app === 'Gosub' && s.args.startsWith('dialhook-event'));
    expect(events.length).to.be.greaterThan(15);
    const odd = events.filter((s) => !/^dialhook-event,s,1\(\w+,(bound|send)\)$/.test(s.args));
    expect(odd.map((s) => `${where(s)}: ${s.args}`)).to.deep.equal([]);
  });

  it('hold for the globals with Dial and Queue options, and for membergosub', () => {
    const globals = files.find((file) => file.name === 'dialhook-globals.conf')?.text ?? '';
    const subroutines = [...globals.matchAll(/\b[bU]\(([\w-]+)/g)].map((m) => m[1] ?? '');
    const queues = confFiles('pbx/').find((file) => file.name === 'pbx/queues.conf')?.text ?? '';
    subroutines.push(/^membergosub = (\S+)/m.exec(queues)?.[1] ?? 'no membergosub');
    expect(subroutines).to.have.length(4);
    for (const context of subroutines) expect(known(context, 's'), context).to.not.deep.equal([]);
  });

  it('come back: every subroutine that is called has a Return, and hooks run nothing that ends or answers a call', () => {
    const called = new Set(targets.filter((t) => t.from.app === 'Gosub').map((t) => t.context));
    const without = [...called].filter((context) => !steps.some((s) => s.context === context && s.app === 'Return'));
    // dialhook-event goes on into one of its two ways, which return for it.
    expect(without).to.deep.equal(['dialhook-event']);
    const hooks = steps.filter((s) => /^dialhook-(hooks|send|queue|lookup)\.conf$/.test(s.file));
    const bold = hooks.filter((s) => ['Answer', 'Hangup', 'Busy', 'Congestion', 'Playback', 'Wait'].includes(s.app));
    expect(bold.map((s) => s.context)).to.deep.equal(['dialhook-carrier']);
  });
});

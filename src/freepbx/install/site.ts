// What the files of the site shall say: one line that takes ours in, and one in each hook that the site has itself.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { callsOf, chain, extensionsOf, stepsOf } from './chain.js';
import { type System, siteOwn } from './detect.js';
import { realOf } from './files.js';
import { bareIncludes, FREEPBX_INCLUDES, type Hook, INCLUDE_LINES, type Include, type OwnFile } from './manifest.js';
import { addInclude, split, takeOut } from './text.js';

export interface SiteText {
  /** Name in the configuration folder. */
  file: string;
  path: string;
  /** Null when there is no such file yet. */
  base: string | null;
  text: string;
  why: string;
  /** For a file that has to be made. */
  mode: number;
  /** Which of Asterisk's files takes it in. */
  from: Include['from'];
}

export interface Site {
  texts: SiteText[];
  /** Hooks of ours that are taken in, because the site has none. */
  hooks: Hook[];
  notes: string[];
  warnings: string[];
}

/** Works out all texts; nothing is written. `own` are the files that they can take in. */
export function siteTexts(etc: string, system: System, hooks: readonly Hook[], own: readonly OwnFile[]): Site {
  const targets = new Set(own.map(({ target }) => target));
  const site: Site = { texts: [], hooks: [], notes: [], warnings: [] };
  for (const hook of hooks) placeHook(etc, system, hook, site);
  for (const include of includesOf(system)) placeInclude(etc, system, include, targets, site);
  const override =
    own.find(({ target }) => target === 'dialhook/freepbx/override.conf')?.bytes.toString('latin1') ?? '';
  warnOfOverrides(override, system, site);
  return site;
}

export const hasGlobals = (system: System) => ({
  here: system.extensions.sections.some(({ name, file }) => name === 'globals' && file === 'extensions.conf'),
  anywhere: system.extensions.sections.some(({ name }) => name === 'globals'),
});

export const includesOf = (system: System): readonly Include[] =>
  system.kind === 'freepbx' ? FREEPBX_INCLUDES : bareIncludes(hasGlobals(system).here);

function textOf(etc: string, file: string, from: Include['from'], site: Site): SiteText {
  const before = site.texts.find((one) => one.file === file);
  if (before !== undefined) return before;
  const path = realOf(join(etc, file));
  const base = existsSync(path) ? takeOut(readFileSync(path, 'latin1'), INCLUDE_LINES) : null;
  const like = join(etc, from);
  const mode = existsSync(like) ? statSync(like).mode & 0o7777 : 0o640;
  const made: SiteText = { file, path, base, text: base ?? '', why: '', mode, from };
  site.texts.push(made);
  return made;
}

const because = (text: SiteText, why: string) => {
  text.why = text.why === '' ? why : `${text.why}; ${why}`;
};

function placeInclude(etc: string, system: System, include: Include, targets: ReadonlySet<string>, site: Site): void {
  const { file, from, line, place, why } = include;
  const target = line.slice('#include '.length);
  if (!targets.has(target)) return;
  const tree = { 'extensions.conf': system.extensions, 'manager.conf': system.manager, 'queues.conf': system.queues }[
    from
  ];
  if (file !== from && !tree.includes.some((one) => one.target === file)) {
    site.warnings.push(
      `${from} of this system does not take ${file} in, so nothing is put there: ${why} will be missing`,
    );
    return;
  }
  if (from === 'queues.conf' && !system.exec) {
    site.warnings.push(
      'asterisk.conf does not say execincludes = yes, so what the queues need is left out: the answers in queues come from Queue() alone. Set it, restart Asterisk, and run the upgrade',
    );
    return;
  }
  const text = textOf(etc, file, from, site);
  text.text = addInclude(text.text, line, place);
  because(text, why);
}

/** A hook that the site has not got is ours; into one that it has, one line goes that calls ours. */
function placeHook(etc: string, system: System, hook: Hook, site: Site): void {
  const own = siteOwn(system, hook.context);
  const ours = new Set(hook.lines.keys());
  const found = [...new Set(own.map(({ file }) => file))].flatMap((file) => {
    const text = textOf(etc, file, 'extensions.conf', site);
    const extens = extensionsOf(split(text.text), hook.context).filter((exten) => ours.has('*') || ours.has(exten));
    return extens.map((exten) => ({ text, exten }));
  });
  for (const { text, exten } of found) {
    const gosub = hook.lines.get(exten) ?? hook.lines.get('*') ?? '';
    const made = chain(text.text, { context: hook.context, exten, gosub, place: hook.place }, system.macros);
    site.warnings.push(...made.warnings);
    if (made.text === null) site.warnings.push(made.says);
    else {
      text.text = made.text;
      because(text, `[${hook.context}] ${exten} of this site calls ours ${made.says}`);
      site.notes.push(`${text.file} has its own [${hook.context}] ${exten}: it stays, and calls ours ${made.says}`);
    }
  }
  if (!doubles(found, hook)) site.hooks.push(hook);
}

/** Two texts of one extension would be mixed, priority by priority. */
function doubles(found: readonly { exten: string }[], hook: Hook): boolean {
  if (hook.lines.has('*')) return found.some(({ exten }) => FROM_PSTN.includes(exten) || isBroad(exten));
  return found.some(({ exten }) => hook.lines.has(exten));
}

/**
 * Whether a pattern of the site begins with as many characters as ours or more: Asterisk takes the narrower one, so ours would keep the
 * site's from every call.
 */
function isBroad(exten: string): boolean {
  const [, first = ''] = /^_(\[[^\]]*\]|.)/.exec(exten) ?? [];
  if (first === '.' || first === '!') return true;
  const sizes = [...first.slice(1, -1).matchAll(/(.)-(.)|./g)].map(([, from, to]) =>
    from === undefined || to === undefined ? 1 : to.charCodeAt(0) - from.charCodeAt(0) + 1,
  );
  return sizes.reduce((all, one) => all + one, 0) >= OUR_FIRST;
}
/** Characters of the [+0-9] that ours begins with. */
const OUR_FIRST = 11;

/** The extensions of dialplan/freepbx/hooks/from-pstn-custom.conf. */
const FROM_PSTN = ['_[+0-9].', 's'];

/** Contexts that ours overrides, and the site too: the first one counts, and that is the site's. */
function warnOfOverrides(override: string, system: System, site: Site): void {
  const ours = split(override);
  const contexts = new Set(ours.map(({ text }) => /^\[([^\]]+)\]/.exec(text)?.[1] ?? '').filter(Boolean));
  const heads = [...contexts].flatMap((context) =>
    stepsOf(ours, context)
      .filter(({ priority }) => priority === '1')
      .map((head) => ({ context, ...head })),
  );
  for (const { context, exten, app, data } of heads) {
    const first = callsOf(siteOwn(system, context)).find((one) => one.exten === exten);
    if (first !== undefined)
      site.warnings.push(
        `${first.file}:${first.line} overrides [${context}] ${exten} already, and counts before ours. Put this line into it: exten => ${exten},n,${app}${data}`,
      );
  }
}

// Which file of the package goes where, and which line of which file of the site takes it in. Nothing else is ever put into a site's file.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from './text.js';

/** A FreePBX system, or an Asterisk whose configuration people write themselves. */
export type Kind = 'freepbx' | 'bare';

/** One line of ours in a file of the site. */
export interface Include {
  /** Name in the configuration folder. */
  file: string;
  /** The file that Asterisk reads, by which this one must be taken in. */
  from: 'extensions.conf' | 'manager.conf' | 'queues.conf';
  line: string;
  /** `first`: what the site writes below counts; `last`: what the site has above counts. */
  place: Place;
  why: string;
}

const include = (target: string) => `#include dialhook/${target}`;

/** The globals come first, because the last value of a global counts, and that is the site's; the queues, because a `(+)` of the site for a queue that is gone drops the rest of the file. */
export const FREEPBX_INCLUDES: readonly Include[] = [
  {
    file: 'globals_custom.conf',
    from: 'extensions.conf',
    line: include('freepbx/globals.conf'),
    place: 'first',
    why: 'globals of the hooks',
  },
  {
    file: 'extensions_custom.conf',
    from: 'extensions.conf',
    line: include('freepbx/extensions.conf'),
    place: 'last',
    why: 'the hooks',
  },
  {
    file: 'extensions_override_freepbx.conf',
    from: 'extensions.conf',
    line: include('freepbx/override.conf'),
    place: 'last',
    why: 'three places where FreePBX generates nothing, or a NoOp()',
  },
  {
    file: 'queues_post_custom.conf',
    from: 'queues.conf',
    line: include('freepbx/queues.conf'),
    place: 'first',
    why: 'a setting for each queue that exists',
  },
  {
    file: 'manager_custom.conf',
    from: 'manager.conf',
    line: include('freepbx/manager.conf'),
    place: 'last',
    why: "the server's user of the manager interface",
  },
];

/** `globals`: whether extensions.conf has that section; else ours brings it. */
export const bareIncludes = (globals: boolean): readonly Include[] => [
  ...(globals
    ? [
        {
          file: 'extensions.conf',
          from: 'extensions.conf' as const,
          line: include('plain/globals.conf'),
          place: { after: '[globals]' },
          why: 'globals of the hooks',
        },
      ]
    : []),
  {
    file: 'extensions.conf',
    from: 'extensions.conf',
    line: include('plain/extensions.conf'),
    place: 'last',
    why: 'the hooks',
  },
  {
    file: 'manager.conf',
    from: 'manager.conf',
    line: include('plain/manager.conf'),
    place: 'last',
    why: "the server's user of the manager interface",
  },
];

/** Every line that an installation of either kind may have put in: what is looked for when ours is taken out. */
export const INCLUDE_LINES: readonly string[] = [
  ...new Set([...FREEPBX_INCLUDES, ...bareIncludes(true)].map(({ line }) => line)),
];

/** Where the site may have text of its own that stands in for one of ours. */
export interface Hook {
  context: string;
  /** File below dialplan/freepbx/hooks. */
  file: string;
  /** Our lines by extension; `*` for each extension that the site has there. */
  lines: ReadonlyMap<string, string>;
  place: 'end' | 'first';
}

const CALL = /Gosub\(dialhook-freepbx-[^\n]*\)(?=\s*$)/;

/** The hooks of the package. In from-pstn-custom every extension of the site is a way in of its own. */
export function hooksOf(home: string): Hook[] {
  const folder = join(home, 'dialplan/freepbx/hooks');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.conf'))
    .sort()
    .map((file) => {
      const context = file.replace(/\.conf$/, '');
      const lines = callsOf(readFileSync(join(folder, file), 'latin1'));
      const any = [...lines.values()][0] ?? '';
      return context === 'from-pstn-custom'
        ? { context, file, lines: new Map([['*', any]]), place: 'first' }
        : { context, file, lines, place: 'end' };
    });
}

function callsOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let exten = '';
  for (const line of text.split('\n').filter((one) => !one.startsWith(';'))) {
    exten = /^exten => ([^,]+),/.exec(line)?.[1] ?? exten;
    const call = CALL.exec(line)?.[0];
    if (call !== undefined && !found.has(exten)) found.set(exten, call);
  }
  return found;
}

/** What stands for @NAME@ in a file of the package. */
export type Values = Readonly<Record<string, string>>;

/** An own file: where it goes below the configuration folder, and its bytes. */
export interface OwnFile {
  target: string;
  bytes: Buffer;
  secret: boolean;
  mode: number;
}

/** Everything that goes into `<etc>/dialhook`, but what depends on the site's own hooks. `etc` is that folder as Asterisk sees it. */
export function ownFiles(home: string, kind: Kind, values: Values, etc: string): OwnFile[] {
  const base = filesIn(join(home, 'dialplan'), '').map((name) => [`dialhook/${name}`, `dialplan/${name}`]);
  const overlay = filesIn(join(home, 'dialplan/freepbx'), '').map((name) => [
    `dialhook/freepbx/${name}`,
    `dialplan/freepbx/${name}`,
  ]);
  const hooks = filesIn(join(home, 'dialplan/freepbx/hooks'), '').map((name) => [
    `dialhook/freepbx/hooks/${name}`,
    `dialplan/freepbx/hooks/${name}`,
  ]);
  const scripts = filesIn(join(home, 'dialplan/exec'), '').map((name) => [
    `dialhook/exec/${name}`,
    `dialplan/exec/${name}`,
  ]);
  const plain = [['dialhook/plain/manager.conf', 'dialplan/freepbx/manager.conf']];
  return [...base, ...scripts, ...(kind === 'freepbx' ? [...overlay, ...hooks] : plain)].map(
    ([target = '', source = '']) => {
      const raw = readFileSync(join(home, source), 'latin1');
      // On FreePBX that line would spoil the CDR (the file's own comment says how); on a bare Asterisk it tells whose call an event is of.
      const text = target.startsWith('dialhook/plain/')
        ? raw.replace(/^timestampevents = yes$/m, 'timestampevents = yes\nchannelvars = @CHANNELVARS@')
        : raw;
      const secret = text.includes('@AMI_SECRET@');
      return {
        target,
        bytes: Buffer.from(filled(text, values).replaceAll('/etc/asterisk', etc), 'latin1'),
        secret,
        mode: modeOf(text),
      };
    },
  );
}

const filesIn = (folder: string, below: string): string[] =>
  readdirSync(join(folder, below))
    .filter((name) => statSync(join(folder, below, name)).isFile() && !/\.(md|sample)$/.test(name))
    .sort();

/** A script is run by Asterisk's user; nobody else needs to read what is there. */
const modeOf = (text: string) => (text.startsWith('#!') ? 0o750 : 0o640);

const filled = (text: string, values: Values) =>
  text.replace(/@([A-Z][A-Z_]*)@/g, (placeholder, name: string) => values[name] ?? placeholder);

/** dialhook/freepbx/site.conf, or the same for a bare Asterisk: what the configuration of the server and the dialplan must agree on. */
export const siteConf = ({
  PBX,
  AGI,
  SPOOL,
}: Values): string => `; Made by dialhook freepbx install; it is written anew by an upgrade.
; Your own values of globals belong below the #include line in the file that takes this one in: the last value counts.
DH_PBX = ${PBX ?? ''}
DH_AGI = ${AGI ?? ''}
DH_SPOOL = ${SPOOL ?? ''}
`;

/** Where the lists of the server come into the dialplan; the overlay takes it in where it is there. */
export const LISTS_TARGET = 'dialhook/lists-exec.conf';

/** dialhook/lists-exec.conf; null where no lists can reach the dialplan, or by a path that a shell would take apart. */
export const listsExec = ({ LISTS = '' }: Values, etc: string): string | null =>
  /^\/[\w./-]+$/.test(LISTS) && /^\/[\w./-]+$/.test(etc)
    ? `; Made by dialhook freepbx install: black list, VIPs and routes, as the server last wrote them (docs/dialplan.md, "Lists").
#exec /bin/sh ${etc}/dialhook/exec/dialhook-lists.sh ${LISTS}
`
    : null;

/** dialhook/freepbx/hooks.conf: the hooks that the site has not got itself. */
export const hooksConf = (
  hooks: readonly Hook[],
): string => `; Made by dialhook freepbx install: the hooks that are ours alone. Of the others, the site's own text calls ours.
${hooks.map(({ file }) => `${include(`freepbx/hooks/${file}`)}\n`).join('')}`;

export const plainExtensions = (globals: 'there' | 'elsewhere' | 'none', lists: boolean): string =>
  `; Made by dialhook freepbx install. How to call the hooks from your dialplan: docs/dialplan.md.
${globals === 'there' ? '' : `[globals]${globals === 'elsewhere' ? '(+)' : ''}\n${include('plain/globals.conf')}\n`}${include('dialhook.conf')}
${lists ? `#include ${LISTS_TARGET}\n` : ''}`;

export const plainGlobals = (values: Values): string => `${include('dialhook-globals.conf')}\n${siteConf(values)}`;

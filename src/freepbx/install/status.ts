// What is installed, and whether the hooks are where they must be: read from the files, in the order in which Asterisk takes them in.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Call, callsOf } from './chain.js';
import { detect } from './detect.js';
import { readWas, shaOf } from './files.js';
import type { Host } from './host.js';
import { hooksOf } from './manifest.js';
import { type Places, versionOf } from './places.js';
import { readRecord } from './record.js';
import { includesOf } from './site.js';
import { readTree } from './tree.js';

export interface HookStatus {
  context: string;
  exten: string;
  /**
   * ours: as it should be. called: the site has its own, and it calls ours. overwritten: the site's own counts, and does not call ours.
   * lost: nothing of ours is there.
   */
  state: 'ours' | 'called' | 'overwritten' | 'lost';
  /** `file:line` of what counts; empty when nothing does. */
  where: string;
}

export interface Status {
  installed: boolean;
  version: string;
  /** Version of this program; an upgrade brings its files in. */
  here: string;
  freepbx: string;
  asterisk: string;
  kind: 'freepbx' | 'bare';
  includes: { file: string; line: string; there: boolean }[];
  hooks: HookStatus[];
  files: { path: string; state: 'changed' | 'missing' | 'readable by everybody' }[];
  problems: string[];
}

export async function statusOf(places: Places, host: Host): Promise<Status> {
  const installed = readRecord(places);
  const system = await detect(places, host);
  const includes = includesOf(system)
    .filter(({ from }) => from !== 'queues.conf' || system.exec)
    .map(({ file, line }) => ({ file, line, there: holds(join(places.etc, file), line) }));
  const active = installed !== null && !installed.removed;
  const hooks = system.kind === 'freepbx' && active ? hooksNow(places) : [];
  const files = active ? filesNow(installed.own) : [];
  const here = versionOf(places);
  const problems = !active
    ? []
    : [
        ...includes.filter(({ there }) => !there).map(({ file, line }) => `${file} has lost the line ${line}`),
        ...hooks.filter(({ state }) => state === 'lost').map((one) => `the hook [${one.context}] ${one.exten} is lost`),
        ...hooks
          .filter(({ state }) => state === 'overwritten')
          .map((one) => `the hook [${one.context}] ${one.exten} is overwritten by ${one.where}`),
        ...files.map(({ path, state }) => `${path} is ${state}`),
        ...(existsSync(join(places.records, 'unfinished.json')) ? ['an installation or a removal was cut off'] : []),
      ];
  const { freepbx, asterisk, kind } = system;
  return {
    installed: active,
    version: active ? installed.version : '',
    here,
    freepbx,
    asterisk,
    kind,
    includes,
    hooks,
    files,
    problems,
  };
}

const holds = (path: string, line: string) =>
  existsSync(path) &&
  readFileSync(path, 'latin1')
    .split(/\r?\n/)
    .some((one) => one.trim() === line);

function hooksNow(places: Places): HookStatus[] {
  const calls = callsOf(readTree(places.etc, 'extensions.conf').statements);
  const wanted = [
    ...hooksOf(places.home).flatMap(({ file }) => ownCalls(join(places.home, 'dialplan/freepbx/hooks', file))),
    ...ownCalls(join(places.home, 'dialplan/freepbx/override.conf')),
  ];
  return wanted.map(({ context, exten, data }) =>
    judge(calls, { context, exten, gosub: /dialhook-freepbx-\w+/.exec(data)?.[0] ?? '' }),
  );
}

/** The first call of ours of each extension in a file of the package. */
function ownCalls(path: string): Call[] {
  const statements = readTree(join(path, '..'), path).statements;
  const seen = new Set<string>();
  return callsOf(statements).filter(({ context, exten, data }) => {
    const first = data.includes('dialhook-freepbx-') && !seen.has(`${context} ${exten}`);
    if (first) seen.add(`${context} ${exten}`);
    return first;
  });
}

/** Asterisk keeps the first text of an extension and priority. */
function judge(
  calls: readonly Call[],
  { context, exten, gosub }: { context: string; exten: string; gosub: string },
): HookStatus {
  const all = calls.filter((one) => one.context === context && one.exten === exten);
  const first = all.find(({ priority }) => priority === '1');
  // Where the site has patterns of its own there, ours is left out, and these call it.
  const elsewhere = calls.find((one) => one.context === context && one.data.includes(gosub) && isSites(one));
  if (first === undefined && elsewhere !== undefined)
    return { context, exten, state: 'called', where: placeOf(elsewhere) };
  if (first === undefined || !all.some(({ data }) => data.includes(gosub)))
    return {
      context,
      exten,
      state: first === undefined || !isSites(first) ? 'lost' : 'overwritten',
      where: placeOf(first),
    };
  if (first.file.startsWith('dialhook/')) return { context, exten, state: 'ours', where: placeOf(first) };
  const calls1 = all.some((one) => one.file === first.file && one.data.includes(gosub));
  return { context, exten, state: calls1 ? 'called' : 'overwritten', where: placeOf(first) };
}

/** Generated and shipped texts are what is there when ours is not. */
const isSites = ({ file }: Call) => !file.endsWith('_additional.conf') && file !== 'extensions.conf';

const placeOf = (call: Call | undefined) => (call === undefined ? '' : `${call.file}:${call.line}`);

function filesNow(own: readonly { path: string; sha: string }[]): Status['files'] {
  return own.flatMap(({ path, sha }): Status['files'] => {
    const was = readWas(path);
    if (was === null) return [{ path, state: 'missing' }];
    if (shaOf(was.bytes) !== sha) return [{ path, state: 'changed' }];
    const open = path.endsWith('manager.conf') && (was.mode & 0o007) !== 0;
    return open ? [{ path, state: 'readable by everybody' }] : [];
  });
}

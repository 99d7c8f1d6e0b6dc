import { existsSync, readFileSync } from 'node:fs';
import { loadedVariable } from '../../lists/text.js';
import { type Check, type Eye, fail, ok, skip, warn } from './check.js';

const MEND = 'Write execincludes = yes into [options] of asterisk.conf and restart Asterisk.';

/** The lists that the PBX has loaded are those of the file. What is asked needs the right `reporting` only. */
export const lists: Check = {
  name: 'lists',
  needs: ['manager-rights'],
  async look(eye) {
    const { listsFile: file } = eye.config;
    if (file === '') return skip('no lists are made for the dialplan (DIALHOOK_LISTS_FILE)');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const version = /^exten => ([0-9a-f]{16}),1,Return\(1\)\n; end/m.exec(text)?.[1];
    if (version === undefined)
      return fail(
        `${file} holds no lists`,
        'The server writes it when it runs: look into its log. The server’s user must be able to write into that folder.',
      );
    if (await knowsVersion(eye, version)) return ok(`the PBX has the lists of ${file}`);
    const allowed = await execAllowed(eye);
    if (allowed === false) return fail('Asterisk refuses #exec, so the lists do not reach the dialplan', MEND);
    return warn(
      `the PBX has not loaded the lists of ${file}`,
      `dialhook freepbx upgrade does it. By hand, in extensions.conf: #exec /bin/sh /etc/asterisk/dialhook/exec/dialhook-lists.sh ${file} – Asterisk’s user must be able to read the file.`,
    );
  },
};

/** Asterisk runs #exec at all: without it the queues of FreePBX lack what Dialhook needs. */
export const execIncludes: Check = {
  name: 'exec-includes',
  needs: ['manager-rights'],
  async look(eye) {
    const { config, probes } = eye;
    const host = await probes.freepbxHost();
    if (host === null && config.listsFile === '' && config.freepbxDatabaseUrl === '')
      return skip('nothing here needs #exec');
    const file = host === null ? null : execLine(await host.read('asterisk.conf'));
    const allowed = (await execAllowed(eye)) ?? file?.on ?? null;
    if (allowed === null) return skip('the PBX does not say whether it allows #exec (func_config is not loaded)');
    if (allowed) return ok('Asterisk runs #exec');
    const finding = fail(
      'Asterisk refuses #exec: queues of FreePBX lack what Dialhook needs, and lists do not reach the dialplan',
      host === null ? MEND : `${MEND} Then: dialhook freepbx upgrade`,
    );
    return file === null
      ? finding
      : { ...finding, where: file.line === 0 ? 'asterisk.conf' : `asterisk.conf:${file.line}` };
  },
};

const YES = /^(yes|true|y|t|1|on)$/i;

/** `execincludes` as the file says it; line 0 where it does not. */
function execLine(text: string): { on: boolean; line: number } {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^\s*execincludes\s*=/i.test(line));
  return { on: YES.test(/=>?\s*([^\s;]*)/.exec(lines[at] ?? '')?.[1] ?? ''), line: at + 1 };
}

/** Whether asterisk.conf says execincludes = yes, as Asterisk takes a yes; null when it can't be asked. */
async function execAllowed({ manager }: Eye): Promise<boolean | null> {
  const connection = await manager();
  const ask = (what: string) =>
    connection.action('Getvar', { Variable: `AST_CONFIG(asterisk.conf,options,${what})` }).then(
      (answer) => answer.get('Value') ?? '',
      () => null,
    );
  const said = await ask('execincludes');
  if (said === null) return null;
  return YES.test(said.trim());
}

async function knowsVersion({ manager }: Eye, version: string): Promise<boolean> {
  const answer = await (await manager()).action('Getvar', { Variable: loadedVariable(version) });
  return answer.get('Value') === '1';
}

// What FreePBX generated, read from its files: what we stand in for, what costs the machine much.
import { type Check, type Finding, ok, skip, warn } from '../check.js';
import type { FreepbxHost } from './host.js';

const GENERATED = 'extensions_additional.conf';

/** One priority as it is written in a file. */
interface Written {
  context: string;
  exten: string;
  n: string;
  step: string;
  line: number;
}

/** The priorities of a generated file; comments and everything else are passed over. */
export function writtenIn(text: string): Written[] {
  const found: Written[] = [];
  let context = '';
  for (const [i, line] of text.split('\n').entries()) {
    context = /^\[([^\]]+)\]/.exec(line)?.[1] ?? context;
    const [, exten, n, step] = /^exten\s*=>\s*([^,]+),([^,]+?)(?:\([^)]*\))?,(.*)$/.exec(line) ?? [];
    if (exten !== undefined) found.push({ context, exten, n: n ?? '', step: step ?? '', line: i + 1 });
  }
  return found;
}

/** What we put in the place of generated priorities: they must go on saying nothing. */
const STUBS = [
  { context: 'sub-record-cancel', exten: 's', is: /^Return\(?\)?$/i, ours: 'Return()' },
  { context: 'func-apply-sipheaders', exten: 's', is: /^NoOp\(/i, ours: 'a NoOp()' },
  { context: 'sub-record-check', exten: 'exten', is: /^NoOp\(/i, ours: 'a NoOp()' },
  { context: 'sub-record-check', exten: 'parking', is: /^NoOp\(/i, ours: 'a NoOp()' },
];

/** FreePBX still generates nothing where ours stands: a new version may have given these places a meaning. */
export const freepbxStubs: Check = {
  name: 'freepbx-stubs',
  needs: [],
  async look({ probes }) {
    const host = await probes.freepbxHost();
    if (host === null) return skip('there is no FreePBX on this host');
    const written = writtenIn(await host.read(GENERATED));
    if (written.length === 0) return skip(`${GENERATED} can not be read by this user`);
    const found = STUBS.flatMap(({ context, exten, is, ours }): Finding[] => {
      const first = written.find((one) => one.context === context && one.exten === exten && one.n === '1');
      if (first === undefined || is.test(first.step)) return [];
      const says = `FreePBX now does something in [${context}] ${exten},1, where ours stands in for ${ours}: ${first.step.slice(0, 80)}`;
      const mend =
        'Its own line is not run any more. Look for a new version of Dialhook; until then: dialhook freepbx remove';
      return [{ ...warn(says, mend), where: `${GENERATED}:${first.line}` }];
    });
    return found.length > 0 ? found : ok('what FreePBX generates in the places that ours overrides does nothing');
  },
};

/** From so many on a ring of all at once is worth a look. */
const MANY = 8;

/** Queues that ring everybody at once, and ring groups that start a program for each call. */
export const freepbxLoad: Check = {
  name: 'freepbx-load',
  needs: [],
  async look({ probes }) {
    const host = await probes.freepbxHost();
    if (host === null) return skip('there is no FreePBX on this host');
    const found = [...(await queueLoad(host)), ...(await groupLoad(host))];
    return found.length > 0
      ? found
      : ok(`no queue rings ${MANY} phones or more at once, and ring groups start no program`);
  },
};

/** Members in a print of `queue show`: the lines between that word and the callers. */
const membersShown = (shown: string): number =>
  (/Members:\s*\n([\s\S]*?)\n\s*(?:No )?Callers/.exec(shown)?.[1] ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '').length;

async function queueLoad(host: FreepbxHost): Promise<Finding[]> {
  const name = 'queues_additional.conf';
  const found: Finding[] = [];
  let queue = { name: '', line: 0, ringall: false, members: 0 };
  const end = async () => {
    if (!queue.ringall) return;
    // Dynamic members stand in the AstDB only; the console knows all.
    const shown = await host.console(`queue show ${queue.name}`).catch(() => '');
    const members = Math.max(queue.members, membersShown(shown));
    if (members < MANY) return;
    const legs = members * 2;
    const says = `queue ${queue.name} rings all of its ${members} members at once: each waiting caller makes up to ${legs} more channels, again at each retry`;
    const mend = `In the GUI: Applications > Queues > ${queue.name} > Ring Strategy: rrmemory or leastrecent.`;
    found.push({ ...warn(says, mend), where: `${name}:${queue.line}` });
  };
  for (const [i, line] of (await host.read(name)).split('\n').entries()) {
    const section = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (section !== undefined) {
      await end();
      queue = { name: section, line: i + 1, ringall: false, members: 0 };
    }
    if (/^strategy\s*=\s*ringall\s*$/.test(line)) queue.ringall = true;
    if (/^member\s*=/.test(line)) queue.members += 1;
  }
  await end();
  return found;
}

/** macro-dial asks dialparties.agi for each ring of a group or a follow-me; as a program it is a PHP of its own each time. */
async function groupLoad(host: FreepbxHost): Promise<Finding[]> {
  const written = writtenIn(await host.read(GENERATED));
  const asks = written.find(({ context, step }) => context === 'macro-dial' && /AGI\(.*dialparties\.agi/.test(step));
  if (asks === undefined || /AGI\(agi:/i.test(asks.step)) return [];
  const rings = written.flatMap(({ context, step }) => {
    if (context !== 'ext-group' && context !== 'followme-check' && context !== 'ext-findmefollow') return [];
    const list = /(?:macro-dial,s,1\(|Macro\(dial,)[^,]*,[^,]*(?:\([^)]*\)[^,]*)*,([\d#*-]+)/.exec(step)?.[1];
    return list === undefined ? [] : [list.split('-').length];
  });
  const members = rings.reduce((all, one) => all + one, 0);
  const says = `each call to one of ${rings.length} ring groups (${members} members) starts a PHP program, dialparties.agi, that the caller waits for`;
  const mend =
    'Advanced Settings > Launch local AGIs through FastAGI Server: Yes. Or on the console: fwconsole setting LAUNCH_AGI_AS_FASTAGI 1 && fwconsole reload';
  return [{ ...warn(says, mend), where: `${GENERATED}:${asks.line}` }];
}

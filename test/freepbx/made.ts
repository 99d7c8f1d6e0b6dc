// What no FreePBX was seen to generate, made from what one did: a ring group that rings one after the other, a follow-me, more queues.
import { type FreepbxVersion, freepbxEtc } from '../../scripts/lab/freepbx/etc.js';

/** Ring group 601, which hunts: the lines of ring group 600 in the place that a site has beside them, by its file. */
export function huntGroup(version: FreepbxVersion, seconds: number): Record<string, string> {
  const generated = freepbxEtc(version)['extensions_additional.conf'] ?? '';
  const group = /^\[ext-group\]\n(.*?)\n\n/ms.exec(generated)?.[1] ?? '';
  const lines = group
    .split('\n')
    .filter((line) => line.startsWith('exten => 600,'))
    .map((line) =>
      line
        .replaceAll('600', '601')
        .replace('RingGroupMethod=ringall', 'RingGroupMethod=hunt')
        .replace(/(dial,|s,1\()20,/, `$1${seconds},`),
    );
  if (lines.length < 20) throw new Error('the generated dialplan has no ring group 600');
  return { 'extensions_custom.conf': `[ext-group-custom]\n${lines.join('\n')}\n` };
}

export interface QueueMade {
  /** Its number, and the inbound number that leads to it. */
  queue: string;
  did: string;
  /** Longest wait of a caller, seconds; where the call goes on then, as FreePBX writes it. */
  waitSeconds: number;
  failover: string;
  members: readonly string[];
  /** Seconds that a member rings, and until the next one is tried; who may wait when nobody serves it. */
  options: Readonly<Record<'timeout' | 'retry' | 'joinempty', string>>;
}

/** A second queue with its inbound number, the lines of queue 400 and 5551000: by the files that they have to stand in. */
export function queueLike400(version: FreepbxVersion, made: QueueMade): Record<string, string> {
  const { queue, did, waitSeconds, failover, members, options } = made;
  const files = freepbxEtc(version);
  const generated = files['extensions_additional.conf'] ?? '';
  const of = (exten: string) => generated.split('\n').filter((line) => line.startsWith(`exten => ${exten},`));
  const dialplan = of('400')
    .filter((line) => !line.includes('Goto(from-internal,'))
    .map((line) => line.replaceAll('400', queue).replace('app-blackhole,hangup,1', failover))
    .map((line) => line.replace(/\?\$\{VQ_MAXWAIT\}: \)/, () => `?$\{VQ_MAXWAIT}:${waitSeconds})`));
  const route = of('5551000').map((line) =>
    line.replaceAll('5551000', did).replace('ext-queues,400', `ext-queues,${queue}`),
  );
  if (dialplan.length < 20 || route.length < 5) throw new Error('the generated dialplan has no queue 400');
  const settings = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const member = members.map((one) => `member=Local/${one}@from-queue/n,0,"${one}",hint:${one}@ext-local`);
  return {
    'extensions_custom.conf': `[ext-queues-custom]\n${dialplan.join('\n')}\n[ext-did-0002-custom]\n${route.join('\n')}\n`,
    // Beside the generated context: what it takes in is not looked at, since it has a line for every number.
    'extensions_override_freepbx.conf': `[from-queue]\nexten => ${queue},1,Goto(from-internal,\${QAGENT},1)\n`,
    'queues_custom.conf': `[${queue}]\nstrategy=ringall\n${[...settings, ...member].join('\n')}\n`,
  };
}

/** Its members are tried once; who waits three seconds goes on to an extension. (app_queue looks at the wait only between retries.) */
export const FAILOVER: QueueMade = {
  ...{ queue: '401', did: '5551003', waitSeconds: 3, failover: 'from-did-direct,103,1', members: ['101', '102'] },
  options: { timeout: '1', retry: '2', joinempty: 'yes' },
};
/** Nobody serves it, and nobody may wait then. */
export const NOBODY: QueueMade = {
  ...{ queue: '402', did: '5551004', waitSeconds: 3, failover: 'app-blackhole,hangup,1', members: [] },
  options: { timeout: '1', retry: '1', joinempty: 'no' },
};

/** Several of a site's own files, each the text of all, in their order. */
export function merged(...all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (const one of all) for (const [name, text] of Object.entries(one)) files[name] = `${files[name] ?? ''}${text}`;
  return files;
}

/** The AstDB of a follow-me of 102: its own phone first, then 103; reached by FM102, which the generated dialplan has. */
export const FOLLOW_ME = {
  ...{ strategy: 'ringall', prering: '1', grptime: '2', grplist: '103', grpconf: 'DISABLED', ddial: 'EXTENSION' },
  ...{ changecid: 'default', ringing: 'Ring' },
};

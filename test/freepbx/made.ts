// What no FreePBX was seen to generate, made from what one did: a ring group that rings one after the other, and a follow-me.
import { type FreepbxVersion, freepbxEtc } from '../../scripts/lab/freepbx/etc.js';

/** Ring group 601, which hunts: the lines of ring group 600 in the place that a site has beside them. */
export function huntGroup(version: FreepbxVersion, seconds: number): string {
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
  return `[ext-group-custom]\n${lines.join('\n')}\n`;
}

/** The AstDB of a follow-me of 102: its own phone first, then 103; reached by FM102, which the generated dialplan has. */
export const FOLLOW_ME = {
  ...{ strategy: 'ringall', prering: '1', grptime: '2', grplist: '103', grpconf: 'DISABLED', ddial: 'EXTENSION' },
  ...{ changecid: 'default', ringing: 'Ring' },
};

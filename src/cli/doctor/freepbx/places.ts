// The places of FreePBX's dialplan that have to be ours: dialplan/freepbx/hooks/*.conf and override.conf.
import type { HookPlace } from '../../../freepbx/hooks/judge.js';

export interface Place extends HookPlace {
  /** Extension of the test call in dialplan/freepbx/doctor.conf; `did` goes through from-pstn itself. */
  test: string;
  /** The body of ours that a site's own hook may call instead. */
  body: string;
  /** What is not seen without it. */
  costs: string;
  /** Kinds of events that the test call must bring. */
  events: readonly string[];
}

const predial = (name: string, test: string, body: string, costs: string): Place => ({
  ...{ context: `macro-${name}-predial-hook`, exten: 's', priorities: 2, tail: 'own' },
  ...{ test, body: `dialhook-freepbx-${body}`, costs, events: ['call', 'dial'] },
});

export const PLACES: readonly Place[] = [
  {
    ...{ context: 'from-pstn-custom', exten: '_[+0-9].', priorities: 2, tail: 'own', test: 'did', events: ['call'] },
    ...{ body: 'dialhook-freepbx-did', costs: 'calls from outside have no DID' },
  },
  {
    ...{ context: 'sub-record-check-custom', exten: 'q', priorities: 3, tail: 'own', test: 'queue' },
    ...{ body: 'dialhook-freepbx-queue', costs: 'nobody is seen to enter a queue', events: ['call', 'enter'] },
  },
  {
    ...{ context: 'sub-record-check-custom', exten: 'rg', priorities: 3, tail: 'own', test: 'group' },
    ...{ body: 'dialhook-freepbx-group', costs: 'calls that a ring group begins are not seen', events: ['call'] },
  },
  {
    ...{ context: 'sub-record-check', exten: 'exten', priorities: 1, tail: 'generated', test: 'extension' },
    ...{ body: 'dialhook-freepbx-extension', costs: 'a call to an extension that nobody can be rung for is not seen' },
    events: ['call'],
  },
  {
    ...{ context: 'sub-record-check', exten: 'parking', priorities: 1, tail: 'generated', test: 'parking' },
    ...{ body: 'dialhook-freepbx-parked', costs: 'who takes a parked call is not seen', events: ['call'] },
  },
  predial('dialout-one', 'one', 'one', 'no call to an extension and no offer of a queue is seen'),
  predial('dial-ringall', 'ringall', 'ringall', 'calls to ring groups and follow-me are not seen'),
  predial('dial-hunt', 'hunt', 'hunt', 'calls to ring groups that hunt are not seen'),
  predial('dialout-trunk', 'trunk', 'trunk', 'no call to outside is seen'),
  {
    ...{ context: 'sub-record-cancel', exten: 's', priorities: 2, tail: 'own', test: 'left', events: ['leave'] },
    ...{ body: 'dialhook-freepbx-left', costs: 'why a caller left a queue is not known' },
  },
  {
    ...{
      context: 'func-apply-sipheaders',
      exten: 's',
      priorities: 1,
      tail: 'generated',
      test: 'ring',
      events: ['ring'],
    },
    ...{ body: 'dialhook-freepbx-ring', costs: 'which device rang is not seen' },
  },
];

/** `dialplan show` names a file without its folder: those of dialplan/freepbx/hooks are called as their contexts. */
const OURS = new Set([...PLACES.map(({ context }) => `${context}.conf`), 'override.conf']);
export const isOurFile = (file: string): boolean => OURS.has(file.slice(file.lastIndexOf('/') + 1));

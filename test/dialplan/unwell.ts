// What is tried while the server is not well, hook by hook: test/dialplan/unwell.pbx.test.ts.
import { existsSync, readFileSync } from 'node:fs';
import { busy, movedTo, type Phone, type PhoneCall, ringOnly } from '../../scripts/lab/phone.js';
import type { SamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until } from '../../scripts/lab/wait.js';

const CLIENT = { from: { number: '+998000000101' } };

/** A PBX with four phones and the outside. */
export interface Stage {
  pbx: SamplePbx;
  a: Phone;
  b: Phone;
  c: Phone;
  d: Phone;
  trunk: Phone;
  /** The server is asked again from here on, and nothing is known of it: the next hook finds out. Gives the clock, ms. */
  strike(): Promise<() => number>;
}

export const shows = (s: Stage, command: string, pattern: RegExp) =>
  until(async () => pattern.test(await s.pbx.cli(command)), { what: `${command}: ${pattern}`, every: 50 });
export const bridged = (s: Stage) => shows(s, 'bridge show all', / 2 +basic/i);
const lines = (s: Stage): URLSearchParams[] => {
  const text = existsSync(s.pbx.spoolPath) ? readFileSync(s.pbx.spoolPath, 'utf8').trim() : '';
  return text.split('\n').map((line) => new URLSearchParams(line));
};
export const spooled = (s: Stage): string[] =>
  lines(s)
    .map((line) => line.get('event') ?? '')
    .filter(Boolean);
/** When the PBX told the last event of that kind, ms of the epoch; NaN when it told none. */
export const toldAt = (s: Stage, kind: string): number =>
  Math.round(
    Number(
      lines(s)
        .findLast((line) => line.get('event') === kind)
        ?.get('at') ?? Number.NaN,
    ) * 1000,
  );

/** A client talks with 101. */
export async function talk(s: Stage, number = '5551101'): Promise<[PhoneCall, PhoneCall]> {
  const caller = s.trunk.call(number, CLIENT);
  const operator = await s.a.incoming();
  await caller.answered();
  await bridged(s);
  return [caller, operator];
}
async function park(s: Stage): Promise<void> {
  const [, operator] = await talk(s);
  await operator.transfer('700');
  await shows(s, 'parking show default', /Space\s*:\s*701/);
}
export async function add(s: Stage, queue: string): Promise<void> {
  await s.pbx.cli(`queue add member PJSIP/101 to ${queue}`);
}

/** What is done, and what the spool must hold then; gives the ms from the strike until the call was where it should be. */
export const TRIALS: Record<string, [kinds: string[], play: (s: Stage) => Promise<number>]> = {
  'a blind transfer': [
    ['transfer', 'dial', 'ring', 'answer'],
    async (s) => {
      const [, operator] = await talk(s);
      const clock = await s.strike();
      await operator.transfer('102');
      await s.b.incoming();
      return clock();
    },
  ],
  'a transfer that comes back': [
    ['transfer', 'dial', 'ring'],
    async (s) => {
      const [, operator] = await talk(s);
      const clock = await s.strike();
      await operator.transfer('999');
      await s.a.incoming();
      return clock();
    },
  ],
  parking: [
    ['park'],
    async (s) => {
      const [, operator] = await talk(s);
      const clock = await s.strike();
      await operator.transfer('700');
      await shows(s, 'parking show default', /Space\s*:\s*701/);
      return clock();
    },
  ],
  'taking what is parked': [
    ['call', 'retrieve'],
    async (s) => {
      await park(s);
      const clock = await s.strike();
      await s.c.call('701').answered();
      return clock();
    },
  ],
  'a parked call that comes back': [
    ['comeback', 'dial', 'ring'],
    async (s) => {
      await s.pbx.cli('dialplan set global DH_PARK_TIME 2');
      await park(s);
      await s.strike();
      await s.a.incoming();
      // The console shows it a moment after it was so.
      return Date.now() - toldAt(s, 'park') - 2000;
    },
  ],
  'a pick-up': [
    ['call', 'pickup', 'answer'],
    async (s) => {
      s.b.plan = ringOnly;
      s.d.call('102');
      await s.b.incoming();
      const clock = await s.strike();
      await s.c.call('*8102').answered();
      await bridged(s);
      return clock();
    },
  ],
  'a forward by the table': [
    ['call', 'forward', 'dial', 'ring'],
    async (s) => {
      await s.pbx.cli('database put dialhook-forward 101 102');
      const clock = await s.strike();
      s.trunk.call('5551101', CLIENT);
      await s.b.incoming();
      return clock();
    },
  ],
  'a forward by the phone': [
    ['call', 'forward', 'dial', 'ring'],
    async (s) => {
      s.a.plan = movedTo('102');
      const clock = await s.strike();
      s.trunk.call('5551101', CLIENT);
      await s.b.incoming();
      return clock();
    },
  ],
  'a conference': [
    ['call', 'join', 'quit'],
    async (s) => {
      const clock = await s.strike();
      const call = s.c.call('800');
      await call.answered();
      await shows(s, 'confbridge list 800', /PJSIP\/103/);
      const there = clock();
      await call.hangup();
      return there;
    },
  ],
  'a menu': [
    ['call', 'menu', 'enter'],
    async (s) => {
      await add(s, 'sales');
      const clock = await s.strike();
      const caller = s.trunk.call('5554000', CLIENT);
      await caller.answered();
      await until(() => spooled(s).includes('menu'), { what: 'the menu speaks' });
      const there = clock();
      await caller.press('1');
      await s.a.incoming();
      return there;
    },
  ],
  'a recording, and a place in a queue': [
    ['call', 'record', 'enter', 'position', 'offer', 'answer'],
    async (s) => {
      await add(s, 'sales');
      const clock = await s.strike();
      s.trunk.call('5555000', CLIENT);
      await s.a.incoming();
      return clock();
    },
  ],
  'a mailbox': [
    ['call', 'dialed', 'voicemail', 'end'],
    async (s) => {
      s.a.plan = busy;
      await s.pbx.cli('dialplan set global VOICEMAIL_101 yes');
      const clock = await s.strike();
      const caller = s.trunk.call('5551101', CLIENT);
      await caller.answered();
      const there = clock();
      await shows(s, 'core show channels', /VoiceMail\(/);
      await caller.hangup();
      return there;
    },
  ],
  'a supervisor': [
    ['call', 'spy', 'spied'],
    async (s) => {
      await s.pbx.cli('dialplan set global DH_SUPERVISORS 104');
      await talk(s);
      const clock = await s.strike();
      const call = s.d.call('*71101');
      await call.answered();
      const there = clock();
      await shows(s, 'core show channels', /ChanSpy/);
      await call.hangup();
      return there;
    },
  ],
};

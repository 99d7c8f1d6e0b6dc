// Steps of a played story around queues and rooms: wrap-up, menus, conferences, voicemail, recording, supervisors.
//   101 serves helpdesk · wrap-up is 3 s · the menu waits 1 s · 101 has voicemail · 104 may listen · 104 works in claims
//   101 dials *49 after 2 s · everybody waits 4 s · 103 leaves after 1 s · +998000000102 gives up after 1 s
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../scripts/lab/wait.js';
import { PATIENCE_MS, type Playing, phone, type Step, seconds, talkOf } from './playing.js';

const global = async ({ stage }: Playing, name: string, value: string): Promise<void> => {
  await stage.console(`dialplan set global ${name} ${value}`);
};

export const ROOM_STEPS: Step[] = [
  [
    /^(\d+) serves helpdesk$/,
    async ({ stage }, who) => {
      await stage.console(
        `queue add member Local/${who}@agents/n to helpdesk penalty 0 as ${who} state_interface PJSIP/${who}`,
      );
    },
  ],
  [/^wrap-up is (\d+) s$/, (playing, long) => global(playing, 'DH_WRAPUP', long)],
  [/^more wrap-up is (\d+) s$/, (playing, long) => global(playing, 'DH_WRAPUP_EXTEND', long)],
  [/^the menu waits (\d+) s$/, (playing, long) => global(playing, 'MENU_SECONDS', long)],
  [/^(\d+) has voicemail$/, (playing, who) => global(playing, `VOICEMAIL_${who}`, 'yes')],
  [/^(\d+) works in (\S+)$/, (playing, who, queues) => global(playing, `DH_QUEUES_${who}`, queues)],
  [/^(\d+) may listen$/, (playing, who) => global(playing, 'DH_SUPERVISORS', who)],
  // Phones send no sound unless told: a mailbox would keep nothing, and ChanSpy() would not notice that its listener left.
  [
    /^everybody (speaks|is silent)$/,
    ({ stage }, how) => {
      for (const one of [...stage.phones.values(), stage.trunk]) one.rtp = how === 'speaks';
    },
  ],
  [/^everybody waits ([\d.]+) s$/, async (_playing, long) => void (await sleep(seconds(long)))],
  [
    // A code is a call of its own that says what it has done and hangs up; the caller of the story stays who it is.
    /^(\d+) dials (\*4\d+) after ([\d.]+) s$/,
    async ({ stage }, who, code, after) => {
      await sleep(seconds(after));
      await phone(stage, who).call(code).ended();
    },
  ],
  [
    /^(\+\d+) leaves after ([\d.]+) s$/,
    async ({ calls }, who, after) => {
      await sleep(seconds(after));
      await calls.get(who)?.hangup();
    },
  ],
  [
    // Alone in a room or a mailbox: nobody has to be on the other side.
    /^(\S+) leaves after ([\d.]+) s$/,
    async ({ stage, caller }, who, after) => {
      const call = who === 'caller' && caller ? caller : await talkOf(phone(stage, who));
      await until(() => call.state === 'up', { what: `${who} is inside`, deadline: PATIENCE_MS });
      await sleep(seconds(after));
      await call.hangup();
    },
  ],
];

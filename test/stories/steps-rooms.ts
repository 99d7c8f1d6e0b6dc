// Steps of a played story around queues and rooms: wrap-up, menus, conferences, voicemail, recording, supervisors.
//   wrap-up is 3 s · menu waits 1 s · voicemail of 101 is on · 104 may listen
//   101 dials *49 after 2 s · 102 joins in after 1 s by dialling 800 · everybody waits 4 s · +998000000102 hangs up after 1 s
import { setTimeout as sleep } from 'node:timers/promises';
import { type Playing, phone, type Step, seconds } from './playing.js';

const global = ({ stage }: Playing, name: string, value: string) =>
  stage.console(`dialplan set global ${name} ${value}`);

export const ROOM_STEPS: Step[] = [
  [/^wrap-up is (\d+) s$/, async (playing, long) => void (await global(playing, 'DH_WRAPUP', long))],
  [/^everybody waits ([\d.]+) s$/, async (_playing, long) => void (await sleep(seconds(long)))],
  [
    // A code is a call of its own that says what it has done and hangs up; the caller of the story stays who it is.
    /^(\d+) dials (\*\d+) after ([\d.]+) s$/,
    async ({ stage }, who, code, after) => {
      await sleep(seconds(after));
      await phone(stage, who).call(code).ended();
    },
  ],
];

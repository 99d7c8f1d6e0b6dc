// Steps of a played story around a hold: 101 holds after 1 s · 101 takes back after 2 s (see steps-transfer.ts).
import { setTimeout as sleep } from 'node:timers/promises';
import { phone, type Step, seconds, talking, talkOf } from './playing.js';

export const HOLD_STEPS: Step[] = [
  [
    /^(\d+) holds after ([\d.]+) s$/,
    async (playing, who, after) => {
      const call = await talkOf(phone(playing.stage, who));
      await talking(playing, call, who);
      await sleep(seconds(after));
      await call.hold();
    },
  ],
];

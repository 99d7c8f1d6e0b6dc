// Steps of a played story around queues and rooms: wrap-up, menus, conferences, voicemail, recording, supervisors.
//   wrap-up is 3 s
import type { Step } from './playing.js';

export const ROOM_STEPS: Step[] = [
  [
    /^wrap-up is (\d+) s$/,
    async ({ stage }, long) => void (await stage.console(`dialplan set global DH_WRAPUP ${long}`)),
  ],
];

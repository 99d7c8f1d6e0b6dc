// /ping: is anybody there? For the dialplan author, the doctor and a first try after the installation.
import type { Hook } from './hook.js';

export const ping: Hook = {
  path: '/ping',
  arguments: [],
  sets: ['DH_ACK'],
  async run(channel) {
    await channel.setVariable('DH_ACK', 1);
  },
};

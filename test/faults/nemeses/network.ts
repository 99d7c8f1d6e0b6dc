// Harm to the way between the PBX and the server.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Laboratory } from '../laboratory.js';
import { BOUND_MS, instant, type Nemesis, OWN_MS } from '../nemesis.js';

const weather = (lab: Laboratory) => {
  if (!lab.weather.server) throw new Error('this fault needs a proxy before the server');
  return lab.weather.server;
};

export const serverBlackHole: Nemesis = {
  ...{ name: 'black-hole', harm: 'connections to the server are taken and nothing goes through, for 0.5 to 2.5 s' },
  strokes: { short: 2, round: 20, whole: 40 },
  lab: { slowServer: true },
  budget: { main: BOUND_MS + OWN_MS, side: 2500 + OWN_MS },
  async stroke(lab) {
    await instant(lab, 200, 700);
    weather(lab).set({ blackHole: true });
    await instant(lab, 500, 2500);
    weather(lab).set({});
  },
};

export const serverCut: Nemesis = {
  ...{ name: 'cut', harm: 'every connection to the server is cut, also between the journal and the answer' },
  strokes: { short: 10, round: 200, whole: 600 },
  lab: { slowServer: true },
  async stroke(lab) {
    await instant(lab, 10, 100);
    const way = lab.random.chance(0.5) ? 'up' : 'down';
    weather(lab).set({ cut: { way, piece: lab.random.whole(1, 20) } });
    await sleep(20);
    weather(lab).cut();
    weather(lab).set({});
  },
};

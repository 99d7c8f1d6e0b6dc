// Two servers on one database. The events of one call come by both; one of them dies, again and again.
import { instant, type Nemesis } from '../nemesis.js';

export const twoServers: Nemesis = {
  name: 'two-servers',
  harm: 'two servers on one database, the events of each call by both; kill -9 of one or the other',
  strokes: { short: 2, round: 25, whole: 50 },
  lab: { servers: 2 },
  async stroke(lab, n) {
    await instant(lab, 200, 800);
    const victim = lab.servers[n % 2];
    await victim?.kill();
    await instant(lab, 0, 1000);
    await victim?.start();
  },
};

// kill -9 of the server, some 50 to 600 ms after it said that it is ready: while it takes the spool, applies, is asked.
import { instant, type Nemesis, OWN_MS } from '../nemesis.js';

const stroke: Nemesis['stroke'] = async (lab) => {
  await instant(lab, 50, 600);
  await lab.server.kill();
  await lab.server.start();
};
const strokes = { short: 4, round: 40, whole: 1000 };
/** A session that the kill met ends at once by the reset; the next ones are refused at once. */
const budget = { main: OWN_MS, side: OWN_MS };

export const kill: Nemesis = {
  ...{ name: 'kill', strokes, budget, stroke },
  harm: 'kill -9 of the server at a random instant, MariaDB',
};

export const killSqlite: Nemesis = {
  ...{ name: 'kill-sqlite', budget, stroke },
  harm: 'kill -9 of the server at a random instant, embedded database',
  strokes: { short: 2, round: 40, whole: 100 },
  lab: { database: 'sqlite' },
};

// Harm to the server itself, short of killing it.
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeRecord } from '../../../src/record/segments.js';
import { BOUND_MS, instant, type Nemesis, OWN_MS } from '../nemesis.js';

const FROZEN_MS = { least: 300, most: 2500 };

/** Every other freeze ends as systemd's watchdog ends it: by a kill. */
export const freeze: Nemesis = {
  name: 'freeze',
  harm: 'SIGSTOP of the server for 0.3 to 2.5 s; then SIGCONT, or every other time kill -9 and a restart',
  strokes: { short: 2, round: 20, whole: 60 },
  // A side hook that the frozen server took is held until the end of the freeze: nothing in Asterisk bounds it.
  budget: { main: BOUND_MS + OWN_MS, side: FROZEN_MS.most + OWN_MS },
  async stroke(lab, n) {
    await instant(lab, 200, 700);
    lab.server.freeze();
    await instant(lab, FROZEN_MS.least, FROZEN_MS.most);
    if (n % 2 === 0) return lab.server.thaw();
    await lab.server.kill();
    await lab.server.start();
  },
};

export const stop: Nemesis = {
  name: 'stop',
  harm: 'SIGTERM under load, and the start of the next one: an upgrade',
  strokes: { short: 2, round: 25, whole: 50 },
  async stroke(lab) {
    await instant(lab, 100, 900);
    await lab.server.stop();
    await lab.server.start();
  },
};

/** A power cut leaves a record half written behind those that were confirmed. */
export const torn: Nemesis = {
  name: 'torn',
  harm: "kill -9, and the journal's last line torn in the middle",
  strokes: { short: 2, round: 25, whole: 50 },
  async stroke(lab, n) {
    await instant(lab, 50, 600);
    await lab.server.kill();
    const folder = join(lab.server.dataDir, 'journal');
    const last = readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .sort()
      .at(-1);
    const record = encodeRecord(`v=1&id=torn-${n}&event=end`, Date.now());
    appendFileSync(join(folder, last ?? ''), record.slice(0, lab.random.whole(1, record.length - 1)));
    await lab.server.start();
  },
};

const HOUR = 3_600_000;
const CLOCK = new URL('../inject/clock.mjs', import.meta.url).pathname;

/** The step reaches the server by a signal: its clock is the one of the injected module. */
export const clock: Nemesis = {
  name: 'clock',
  harm: "the server's clock, the PBX's, or both step by an hour, forwards and back",
  strokes: { short: 3, round: 24, whole: 48 },
  lab: { node: ['--import', CLOCK] },
  async stroke(lab, n) {
    await instant(lab, 300, 900);
    const step = n % 4 < 2 ? HOUR : -HOUR;
    if (n % 3 !== 0) lab.generator.shiftClock(step);
    if (n % 3 !== 1) process.kill(lab.server.pid(), step > 0 ? 'SIGUSR2' : 'SIGWINCH');
    await sleep(300);
  },
};

const FSYNC = new URL('../inject/slow-sync.mjs', import.meta.url).pathname;
const FSYNC_MS = 5;

export const slowSync: Nemesis = {
  name: 'slow-sync',
  harm: 'every fdatasync of the journal takes 5 ms more, as on a poor disk',
  strokes: { short: 1, round: 5, whole: 5 },
  lab: { node: ['--import', FSYNC], env: { FAULT_SYNC_MS: String(FSYNC_MS) } },
  budget: { main: OWN_MS + 4 * FSYNC_MS, side: OWN_MS + 4 * FSYNC_MS },
  stroke: () => sleep(2000),
};

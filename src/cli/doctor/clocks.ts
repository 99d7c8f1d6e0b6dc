import { type Check, type Finding, ok, skip, warn } from './check.js';

/** Times of events are the PBX's, times of pages the server's: apart by more than this the pages show odd ages. */
const APART_MS = 1000;

/** The clocks of this host, the PBX and the database agree. */
export const clocks: Check = {
  name: 'clocks',
  needs: [],
  async look(eye): Promise<Finding> {
    const { config, probes } = eye;
    const found: [string, number][] = [];
    const database = await difference(probes.now, () => probes.database.clock()).catch(() => null);
    if (database !== null) found.push(['the database', database]);
    if (config.amiHost !== '' && config.amiPort !== 0) {
      const pbx = await difference(probes.now, async () => {
        const seconds = Number((await (await eye.manager()).action('Ping')).get('Timestamp'));
        return Number.isFinite(seconds) ? seconds * 1000 : null;
      }).catch(() => null);
      if (pbx !== null) found.push(['the PBX', pbx]);
    }
    if (found.length === 0) return skip('there is no other clock to compare with');
    const says = found.map(([who, ms]) => `${who} is ${Math.abs(ms)} ms ${ms < 0 ? 'behind' : 'ahead'}`).join(', ');
    if (found.every(([, ms]) => Math.abs(ms) <= APART_MS)) return ok(says);
    return warn(says, 'Let all hosts follow the same time (chrony or systemd-timesyncd).');
  },
};

/** How far another clock is ahead, ms, half the question's time taken off; null when it says nothing. */
async function difference(now: () => number, ask: () => Promise<number | null>): Promise<number | null> {
  const asked = now();
  const other = await ask();
  return other === null ? null : Math.round(other - (asked + now()) / 2);
}

import { type Check, type Finding, ok, skip, warn } from './check.js';

/** Half a minute of a busy centre's events. */
const MUCH_BYTES = 1024 * 1024;

/** What hooks delivered reaches the tables. */
export const journal: Check = {
  name: 'journal',
  needs: ['migrations'],
  async look({ probes }): Promise<Finding> {
    const journals = await probes.database.journals();
    const behind = await probes.journalBehind();
    if (journals.length === 0 && behind === null) return skip('no event has come yet');
    const now = probes.now();
    const each = journals.map(
      ({ server, events, lastEventAt }) =>
        `${server}: ${events} events${lastEventAt === null ? '' : `, the last ${ago(now - lastEventAt)} ago`}`,
    );
    const says = [
      ...each,
      behind === null ? 'no journal on this host' : `${behind} bytes of the journal here wait for the tables`,
    ].join('; ');
    if ((behind ?? 0) <= MUCH_BYTES) return ok(says);
    return warn(says, 'Look whether a server with the role apply runs here and whether the database keeps up.');
  },
};

/** A stretch of time in its largest whole unit. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
  ] as const)
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit}`;
  return `${seconds} s`;
}

// The rule of the greatest age, for a PBX that nobody can ask: without a manager interface, or while it has been away for long,
// nothing stays open for ever. What the PBX can still be asked about is the comparison's business.
import { formatLine } from '../call/event.js';
import type { OpenChannel } from './compare.js';
import type { OperatorSeen } from './crew.js';
import { type ReportDeps, tell } from './lines.js';

export interface AgedRules {
  /** A channel that is open for longer is taken for lost, ms; 0 = no such rule. */
  longestCallMs: number;
  /** An operator who is on duty in one state for longer has forgotten to log out, ms; 0 = no such rule. */
  longestShiftMs: number;
}

/** How long past its end a wrap-up is left to the PBX's own timer, ms. */
const GRACE_MS = 60_000;

/** The lines that end what is too old: calls of any PBX, operators of this one. The ids are the same each time it is found. */
export function agedLines(
  pbx: string,
  open: readonly OpenChannel[],
  operators: readonly OperatorSeen[],
  now: number,
  rules: AgedRules,
): string[] {
  const { longestCallMs, longestShiftMs } = rules;
  const late = longestCallMs === 0 ? [] : open.filter((c) => c.pbx === pbx && now - c.startedAt > longestCallMs);
  const calls = late.map(({ call, uniqueid, channel }) =>
    formatLine({
      ...{ v: 1, id: `${pbx}-${uniqueid}-lost-aged-0`, at: now, pbx, call, event: 'lost', channel, uniqueid },
      ...{ source: 'server', reason: 'open for too long' },
    }),
  );
  const said = (operator: string, event: string, since: number, fields: Record<string, string>) =>
    formatLine({
      ...{ v: 1, id: `${pbx}-${operator}-${event}-${since}-aged-0`, at: now, pbx, call: `${pbx}-${operator}`, event },
      ...{ operator, source: 'server', ...fields },
    });
  const crew = operators.flatMap(({ operator, presence, since, wrapupUntil }) => {
    if (presence === 'offline') return [];
    if (presence === 'wrap_up')
      return wrapupUntil !== null && now > wrapupUntil + GRACE_MS
        ? [said(operator, 'wrapped', since, { how: 'lost' })]
        : [];
    const forgotten = longestShiftMs > 0 && now - since > longestShiftMs;
    return forgotten ? [said(operator, 'logout', since, { reason: 'lost' })] : [];
  });
  return [...calls, ...crew];
}

export interface AgedDeps extends ReportDeps {
  pbx: string;
  openChannels(): Promise<readonly OpenChannel[]>;
  operators(): Promise<readonly OperatorSeen[]>;
  /** The PBX can be asked: then nothing is concluded from age alone. */
  asked(): boolean;
  /** The tables lack what came long ago: then nothing may be concluded from them. */
  behind(): boolean;
  now(): number;
}

const EVERY_MS = 60_000;
/** The PBX must have been out of reach for this long before age counts, ms: a restart or a moved cable is no reason. */
const PATIENCE_MS = 10 * 60_000;

/** Looks every minute until stopped. Tables that do not answer are asked again the next time. */
export function startAged(deps: AgedDeps, rules: AgedRules): () => Promise<void> {
  let askedAt: number | null = null;
  let running: Promise<void> | null = null;
  const look = async () => {
    const now = deps.now();
    askedAt ??= now;
    if (deps.asked()) askedAt = now;
    if (now - askedAt < PATIENCE_MS || deps.behind()) return;
    const [open, operators] = await Promise.all([deps.openChannels(), deps.operators()]);
    for (const line of agedLines(deps.pbx, open, operators, now, rules)) await tell(deps, line);
  };
  const timer = setInterval(() => {
    running ??= look()
      .catch((error: unknown) => deps.log.warn({ err: error }, 'what is open for too long could not be looked for'))
      .finally(() => {
        running = null;
      });
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

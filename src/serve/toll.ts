// Watches what outside calls cost today. A cap that is reached stops clicks here, is told on the monitor, in the log and in the audit,
// and the PBX is told to refuse such calls of its phones until midnight.
import { type DestinationRule, destinationRule, isInside } from '../actions/destination.js';
import { performToll } from '../actions/rule.js';
import { capInWords, type Reached, reachedCaps, stopping } from '../actions/spending.js';
import type { Ami } from '../ami/index.js';
import type { AuditStore } from '../auth/audit.js';
import type { Config } from '../config/options.js';
import type { Log } from '../log/log.js';
import type { Db } from '../store/database.js';
import { outsideMinutes } from '../store/spending.js';
import { startOfDay } from '../store/time.js';

const EVERY_MS = 10_000;
const DAY = 86_400_000;

export interface TollParts {
  config: Config;
  db: Db;
  audit: Pick<AuditStore, 'note'>;
  /** Null: the manager interface is switched off. */
  ami: Pick<Ami, 'action'> | null;
  log: Log;
  now?: () => number;
}

export interface Toll {
  rule: DestinationRule;
  /** What the monitor says; empty when no cap is reached. */
  alarms(): string[];
  /** Looks at the day's calls now; it is done every ten seconds anyway. */
  look(): Promise<void>;
  stop(): void;
}

/** Starts watching, where prices and caps are configured. */
export function startToll({ config, db, audit, ami, log, now = Date.now }: TollParts): Toll {
  const { callAbroad: abroad, callPrices: prices, callDailyCap: dailyCap, callInsideDigits: insideDigits } = config;
  const caps = [
    ...(dailyCap === null ? [] : ['']),
    ...prices.flatMap(({ prefix, cap }) => (cap === null ? [] : [prefix])),
  ];
  let reached: Reached[] = [];
  /** What the PBX was told of each cap; unknown at the start, as an earlier day or server may have told it something else. */
  const told = new Map<string, boolean>();

  const base = destinationRule({
    ...{ international: config.callPrefixes, abroad, denied: config.callDenied, insideDigits },
    ...{ hours: config.callHours, timeZone: config.timeZone },
  });
  const rule: DestinationRule = (number, at = now()) => {
    const verdict = base(number, at);
    if (!verdict.allowed || isInside(number, insideDigits, abroad)) return verdict;
    const stop = stopping(number, reached, abroad);
    return stop === null ? verdict : { allowed: false, why: capInWords(stop) };
  };

  async function look(): Promise<void> {
    const at = now();
    const midnight = startOfDay(at, config.timeZone);
    const before = new Set(reached.map((one) => one.prefix));
    reached = reachedCaps(await outsideMinutes(db, midnight, at), prices, dailyCap, abroad);
    for (const one of reached) {
      if (before.has(one.prefix)) continue;
      const text = capInWords(one);
      log.warn({ prefix: one.prefix, spent: one.spent, cap: one.cap }, 'a cap of outside calls is reached');
      await audit.note({ ...NOBODY, at, kind: 'toll_cap', target: one.prefix || 'all', detail: text });
    }
    await tellPbx(at, startOfDay(midnight + 1.5 * DAY, config.timeZone));
  }

  async function tellPbx(at: number, until: number): Promise<void> {
    if (ami === null) return;
    for (const prefix of caps) {
      const shut = reached.some((one) => one.prefix === prefix);
      if (told.get(prefix) === shut) continue;
      try {
        await performToll(ami, prefix, shut ? until : 0, at);
        told.set(prefix, shut);
      } catch (error) {
        log.debug({ prefix, error: String(error) }, 'the PBX could not be told of a cap; it is told again');
      }
    }
  }

  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch((error: unknown) => log.debug({ error: String(error) }, 'what outside calls cost could not be read'))
      .finally(() => {
        looking = false;
      });
  }, EVERY_MS);
  if (caps.length === 0) clearInterval(timer);
  return { rule, alarms: () => reached.map(capInWords), look, stop: () => clearInterval(timer) };
}

const NOBODY = { userId: 0, login: '', address: '' };

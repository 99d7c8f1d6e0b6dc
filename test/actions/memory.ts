import type { Clicker } from '../../src/actions/action.js';
import type { Click, ClickStore } from '../../src/actions/clicks.js';
import { destinationRule } from '../../src/actions/destination.js';
import { type ClickDeps, performClick } from '../../src/actions/perform.js';
import { rateLimit } from '../../src/actions/rate.js';
import { startFake, testLog, upTo } from '../ami/fake.js';

/** Rows of clicks in memory, with the rule that a row only moves on from the states named. */
export function memoryClicks() {
  const rows = new Map<string, Click>();
  const store: ClickStore = {
    save: async (click) => void rows.set(click.id, { ...click }),
    update: async (id, change, now, from) => {
      const row = rows.get(id);
      if (row !== undefined && from.includes(row.state)) rows.set(id, { ...row, ...change, changedAt: now });
    },
    find: async (id) => rows.get(id) ?? null,
  };
  return { store, rows, only: () => [...rows.values()][0] };
}

export const OPERATOR: Clicker = { id: 1, login: 'ann', role: 'operator', operator: '101' };
export const SUPERVISOR: Clicker = { id: 2, login: 'sue', role: 'supervisor', operator: '' };
export const ADMINISTRATOR: Clicker = { id: 3, login: 'ada', role: 'administrator', operator: '109' };
export const NOW = 1_763_676_543_123;

/** A fake PBX, a store and the way between them. */
export async function desk(more: Partial<ClickDeps> = {}) {
  const fake = await startFake();
  const { ami } = await upTo(fake);
  const clicks = memoryClicks();
  const log = testLog();
  const deps: ClickDeps = {
    ami,
    clicks: clicks.store,
    limit: rateLimit(),
    destination: destinationRule(),
    log,
    ...more,
  };
  const click = (verb: string, args: unknown, user: Clicker = OPERATOR, now = NOW) =>
    performClick(deps, { verb, args, user, now });
  return { fake, ami, clicks, log, click };
}

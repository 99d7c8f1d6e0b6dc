// `/audit`: who did what, for administrators. Newest first, by login, kind and day, page by page.
import type { RequestHandler } from 'express';
import { AUDIT_KINDS, type AuditRow } from '../../auth/audit.js';
import { startOfDay } from '../../store/time.js';
import { clocks } from '../format.js';
import { shell } from '../shell.js';
import type { Site } from '../site.js';

const ROWS = 100;
const WORDS: Partial<Record<AuditRow['kind'], string>> = {
  login: 'signed in',
  login_failed: 'login failed',
  login_throttled: 'login refused: too soon',
  logout: 'signed out',
  logout_everywhere: 'signed out everywhere',
  toll_cap: 'cap of calls outside',
  recording_heard: 'listened to a recording',
  recording_taken: 'downloaded a recording',
  recording_kept: 'recordings marked to be kept',
  recording_released: 'mark of recordings taken off',
};
/** A kind in words. */
const wordOf = (kind: AuditRow['kind']): string => WORDS[kind] ?? kind.replaceAll('_', ' ');
const BAD = new Set<AuditRow['kind']>(['login_failed', 'login_throttled', 'token_refused', 'toll_cap']);

export const audit =
  (site: Site): RequestHandler =>
  async (req, res) => {
    const zone = site.deps.config.timeZone;
    const asked = (name: string) => {
      const value = req.query[name];
      return typeof value === 'string' ? value.trim().slice(0, 80) : '';
    };
    const kind = AUDIT_KINDS.find((one) => one === asked('kind'));
    const [from, to] = [dayOf(asked('from'), zone), dayOf(asked('to'), zone)];
    const before = /^\d{1,15}$/.test(asked('before')) ? Number(asked('before')) : undefined;
    const rows = await site.deps.audit.list({
      login: asked('login'),
      ...(kind === undefined ? {} : { kind }),
      ...(from === null ? {} : { since: from.start }),
      ...(to === null ? {} : { until: to.end }),
      ...(before === undefined ? {} : { before }),
      limit: ROWS + 1,
    });
    const page = rows.slice(0, ROWS);
    const clock = clocks(zone);
    const filter = { login: asked('login'), kind: kind ?? '', from: from?.day ?? '', to: to?.day ?? '' };
    const older =
      rows.length > ROWS ? `/audit?${new URLSearchParams({ ...filter, before: String(page.at(-1)?.seq) })}` : '';
    res.render('audit', {
      ...shell(site, res, '/audit'),
      ...{ filter, older, newest: before === undefined ? '' : `/audit?${new URLSearchParams(filter)}` },
      kinds: AUDIT_KINDS.map((one) => ({ kind: one, word: wordOf(one), chosen: one === kind })),
      rows: page.map((row) => ({
        ...{
          day: clock.date(row.at),
          at: clock.second(row.at),
          login: row.login,
          target: row.target,
          detail: row.detail,
        },
        ...{ address: row.address, word: wordOf(row.kind), bad: BAD.has(row.kind) },
      })),
    });
  };

/** The day `2026-01-31` in the centre's zone; null for what is none. */
function dayOf(day: string, timeZone: string): { day: string; start: number; end: number } | null {
  const noon = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T12:00:00Z`) : Number.NaN;
  if (Number.isNaN(noon)) return null;
  const date = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  // Noon in London is another day at the ends of the world.
  const within = [0, -12, 12].map((hours) => noon + hours * 3_600_000).find((at) => date.format(at) === day);
  if (within === undefined) return null;
  const start = startOfDay(within, timeZone);
  return { day, start, end: startOfDay(start + 36 * 3_600_000, timeZone) };
}

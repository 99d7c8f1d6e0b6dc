// `GET /api/v1/calls`: finished calls, newest first, page by page. `GET /api/v1/calls/<id>`: one call, whole.
import type { RequestHandler } from 'express';
import { noSuchCall, Refusal } from '../refusal.js';
import type { Site } from '../site.js';
import { asksSeldom, shown } from './answer.js';

const DAY = 86_400_000;
const LIMIT = 100;
const MOST = 500;
const ID = /^[\x21-\x7e]{1,190}$/;

const wrong = (what: string) => new Refusal(400, 'Not understood', what);

/** A moment in a query: ms since the epoch, or an ISO time with its zone. */
function moment(value: unknown, name: string, otherwise: number): number {
  if (value === undefined || value === '') return otherwise;
  const text = typeof value === 'string' ? value : '';
  const at = /^\d{1,15}$/.test(text)
    ? Number(text)
    : /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (Number.isNaN(at) || at > 253_402_300_799_999)
    throw wrong(`${name} is a time such as 2026-01-31T08:00:00Z, or milliseconds since 1970.`);
  return at;
}

/** Where a page ended: opaque to the one who hands it back. */
const cursorOf = (line: { startedAt: number; call: string }): string =>
  Buffer.from(`${line.startedAt} ${line.call}`).toString('base64url');

function after(value: unknown): { startedAt: number; call: string } | null {
  if (value === undefined || value === '') return null;
  const text = typeof value === 'string' && value.length < 400 ? Buffer.from(value, 'base64url').toString() : '';
  const [, at, call] = /^(\d{1,15}) ([\x21-\x7e]{1,190})$/.exec(text) ?? [];
  if (at === undefined || call === undefined) throw wrong('cursor is what an answer called next.');
  return { startedAt: Number(at), call };
}

export const apiCalls = (site: Site): RequestHandler[] => [
  asksSeldom(site),
  async (req, res) => {
    const { since, until, cursor, limit = String(LIMIT) } = req.query;
    if (typeof limit !== 'string' || !/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > MOST)
      throw wrong(`limit is a number from 1 to ${MOST}.`);
    const end = moment(until, 'until', site.now() + DAY);
    const query = { since: moment(since, 'since', site.now() - DAY), until: end, after: after(cursor) };
    // One more than asked for tells whether there is a next page.
    const lines = await site.deps.calls({ ...query, limit: Number(limit) + 1 });
    const page = lines.slice(0, Number(limit));
    const last = page.at(-1);
    const next = lines.length > page.length && last !== undefined ? cursorOf(last) : null;
    res.json({ calls: shown(site, res, page), next });
  },
];

export const apiCall = (site: Site): RequestHandler[] => [
  asksSeldom(site),
  async (req, res, next) => {
    const id = req.params['id'];
    const found = typeof id === 'string' && ID.test(id) ? await site.deps.story(id) : null;
    if (found === null) return next(noSuchCall());
    res.json(shown(site, res, found.call));
  },
];

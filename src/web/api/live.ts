// `GET /api/v1/live`: the moment that the monitor shows, with its age.
import type { RequestHandler } from 'express';
import { freshNow, type Site } from '../site.js';
import { asksSeldom, shown } from './answer.js';

export const apiLive = (site: Site): RequestHandler[] => [
  asksSeldom(site),
  (_req, res) => {
    const snapshot = site.deps.snapshots.current();
    const { dataAt, why, pbx, lag } = freshNow(site);
    // Never zeros for "don't know": without a snapshot there is no live state.
    const live = snapshot === null ? null : shown(site, res, snapshot);
    res.status(snapshot === null ? 503 : 200).json({ now: site.now(), dataAt, state: why, pbx, lag, live });
  },
];

// `/colleagues/live`: who can be reached, the same for all workstations.
import type { RequestHandler } from 'express';
import { type Fragment, sendFragment } from '../fragment.js';
import { freshNow, type Site } from '../site.js';

export const colleaguesPart = (site: Site): Promise<Fragment> => site.live.colleagues();

export const colleaguesLive =
  (site: Site): RequestHandler =>
  async (req, res) =>
    sendFragment(req, res, await colleaguesPart(site), freshNow(site), site.now());

// `/colleagues/live`: who can be reached, the same for all workstations.
import type { RequestHandler } from 'express';
import { sendFragment } from '../fragment.js';
import type { Part } from '../live-parts.js';
import { freshNow, type Site } from '../site.js';

export const colleaguesPart = (site: Site): Part => site.live.colleagues();

export const colleaguesLive =
  (site: Site): RequestHandler =>
  async (req, res) =>
    sendFragment(req, res, await colleaguesPart(site), freshNow(site), site.now());

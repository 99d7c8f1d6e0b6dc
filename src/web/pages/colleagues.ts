// `/colleagues/live`: who can be reached, the same for all workstations.
import type { RequestHandler } from 'express';
import { sendFragment } from '../fragment.js';
import { freshNow, type Site } from '../site.js';

export const colleaguesLive =
  (site: Site): RequestHandler =>
  async (req, res) =>
    sendFragment(req, res, await site.live.colleagues(), freshNow(site), site.now());

// `/`: sends each user to the page they work on.
import type { RequestHandler } from 'express';
import { homeOf, type Site, sessionOf } from '../site.js';

export const home =
  (_site: Site): RequestHandler =>
  (_req, res) =>
    res.redirect(302, homeOf(sessionOf(res)));

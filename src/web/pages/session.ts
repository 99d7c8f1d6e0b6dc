// `/session`: the form token anew, for a page whose user signed in again in another tab and typed on here.
import type { RequestHandler } from 'express';
import { type Site, sessionOf } from '../site.js';

export const session =
  (_site: Site): RequestHandler =>
  (_req, res) => {
    const { formToken, user } = sessionOf(res);
    res.json({ formToken, operator: user.operator });
  };

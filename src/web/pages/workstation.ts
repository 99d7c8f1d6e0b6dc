// `/workstation`: one operator's own day.
import type { RequestHandler } from 'express';
import { fragment, sendFragment } from '../fragment.js';
import { shell } from '../shell.js';
import { freshNow, masks, type Site, sessionOf } from '../site.js';

/** A user without a phone has nothing that changes; their page says so and does not ask. */
const NO_PHONE = fragment('');

export const workstation =
  (site: Site): RequestHandler =>
  async (_req, res) => {
    const session = sessionOf(res);
    const { operator } = session.user;
    const around = shell(site, res, '/workstation');
    if (operator === '') return res.render('no-phone', around);
    const mine = await site.live.workstationModel(operator, masks(site, session));
    res.render('workstation', { ...around, ...mine, people: site.live.colleaguesModel() });
  };

export const workstationLive =
  (site: Site): RequestHandler =>
  async (req, res) => {
    const session = sessionOf(res);
    const { operator } = session.user;
    const part = operator === '' ? NO_PHONE : await site.live.workstation(operator, masks(site, session));
    sendFragment(req, res, part, freshNow(site), site.now());
  };

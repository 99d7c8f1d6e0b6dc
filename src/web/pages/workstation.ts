// `/workstation`: one operator's own day.
import type { RequestHandler } from 'express';
import type { Session } from '../../auth/sessions.js';
import { fragment, sendFragment } from '../fragment.js';
import type { Part } from '../live-parts.js';
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

/** What of it changes. */
export const workstationPart = (site: Site, session: Session): Part => {
  const { operator } = session.user;
  return operator === '' ? NO_PHONE : site.live.workstation(operator, masks(site, session));
};

export const workstationLive =
  (site: Site): RequestHandler =>
  async (req, res) => {
    const part = await workstationPart(site, sessionOf(res));
    sendFragment(req, res, part, freshNow(site), site.now());
  };

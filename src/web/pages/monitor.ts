// `/monitor`: all queues, waiting callers, operators and calls, now.
import type { RequestHandler } from 'express';
import type { Session } from '../../auth/sessions.js';
import { sendFragment } from '../fragment.js';
import { type Part, reasons } from '../live-parts.js';
import { shell } from '../shell.js';
import { freshNow, masks, type Site, sessionOf } from '../site.js';

export const monitor =
  (site: Site): RequestHandler =>
  (_req, res) => {
    const model = site.live.monitorModel(masks(site, sessionOf(res)));
    res.render('monitor', { ...shell(site, res, '/monitor'), ...model, reasons: reasons(site.deps.config) });
  };

/** What of it changes. */
export const monitorPart = (site: Site, session: Session): Part => site.live.monitor(masks(site, session));

export const monitorLive =
  (site: Site): RequestHandler =>
  async (req, res) => {
    const part = await monitorPart(site, sessionOf(res));
    sendFragment(req, res, part, freshNow(site), site.now());
  };

// What everybody asks for once a second, before express: who is let in here was let in by the guard within the last
// seconds, and what goes out is one buffer for all. Whatever is in any doubt goes the ordinary way, which knows all answers.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Application } from 'express';
import type { Session } from '../auth/sessions.js';
import { atLeast, type Role } from '../auth/users.js';
import { sessionCookie } from './cookies.js';
import { type Fragment, sendFragment } from './fragment.js';
import type { Part } from './live-parts.js';
import { colleaguesPart } from './pages/colleagues.js';
import { monitorPart } from './pages/monitor.js';
import { workstationPart } from './pages/workstation.js';
import { ROUTES } from './routes.js';
import { freshNow, type Site } from './site.js';

const PARTS: Readonly<Record<string, Live['part']>> = {
  '/monitor/live': monitorPart,
  '/workstation/live': workstationPart,
  '/colleagues/live': colleaguesPart,
};

/** A response with what express leaves behind at it, for who counts the requests. */
type Answer = ServerResponse & { locals?: Live['locals'] };

interface Live {
  role: Role;
  locals: { route: string };
  part(site: Site, session: Session): Part;
}

/** The same roles as the routes': there is no second list of who may. */
const livesOf = (): Map<string, Live> =>
  new Map(
    ROUTES.flatMap((route) => {
      const part = PARTS[route.path];
      if (route.kind !== 'live' || route.method !== 'get' || route.role === 'anyone' || !part) return [];
      return [[route.path, { role: route.role, locals: { route: route.path }, part }] as const];
    }),
  );

/** Answers the refresh of who is known, and leaves all else to `app`. */
export function front(site: Site, app: Application): RequestListener {
  const express = app as RequestListener;
  const secure = secureOf(app);
  const lives = livesOf();
  const answer = (req: IncomingMessage, res: Answer, live: Live, session: Session | null): void => {
    if (!session || !atLeast(session.user.role, live.role)) return void express(req, res);
    const send = (part: Fragment) => {
      sendFragment(req, res, part, freshNow(site), site.now());
      // Last: what failed goes to express, which writes to the locals of its response.
      res.locals = live.locals;
    };
    try {
      const part = live.part(site, session);
      // What is rendered already goes out in this turn.
      if (part instanceof Promise) part.then(send).catch(() => express(req, res));
      else send(part);
    } catch {
      express(req, res);
    }
  };
  return (req, res) => {
    const live = req.method === 'GET' ? lives.get(req.url ?? '') : undefined;
    if (!live) return void express(req, res);
    const token = sessionCookie(site, { headers: req.headers, secure: secure(req) });
    const session = site.sessions.known(token);
    // Who was in but asks late is looked up from here: on a machine that is too busy all ask late, and the dear way for
    // all of them would keep it busy.
    const again = session === null ? site.sessions.again(token) : null;
    if (again === null) return answer(req, res, live, session);
    again.then((found) => answer(req, res, live, found)).catch(() => express(req, res));
  };
}

/** Whether a request came over https, as express says it: by the connection, or by the word of a proxy that is believed. */
function secureOf(app: Application): (req: IncomingMessage) => boolean {
  const trusts = app.get('trust proxy fn') as (address: string | undefined, hop: number) => boolean;
  return (req) => {
    const { encrypted, remoteAddress } = req.socket as TLSSocket;
    const told = trusts(remoteAddress, 0) ? [req.headers['x-forwarded-proto']].flat()[0] : undefined;
    return told ? told.split(',', 1)[0]?.trim() === 'https' : encrypted === true;
  };
}

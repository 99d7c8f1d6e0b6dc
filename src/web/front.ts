// What everybody asks for once a second, before express: who is let in here was let in by the guard within the last
// seconds, and what goes out is one buffer for all. Whatever is in any doubt goes the ordinary way, which knows all answers.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Session } from '../auth/sessions.js';
import { atLeast, type Role } from '../auth/users.js';
import { sessionCookie } from './cookies.js';
import { type Fragment, sendFragment } from './fragment.js';
import { colleaguesPart } from './pages/colleagues.js';
import { monitorPart } from './pages/monitor.js';
import { workstationPart } from './pages/workstation.js';
import { ROUTES } from './routes.js';
import { freshNow, type Site } from './site.js';

const PARTS: Readonly<Record<string, (site: Site, session: Session) => Promise<Fragment>>> = {
  '/monitor/live': monitorPart,
  '/workstation/live': workstationPart,
  '/colleagues/live': colleaguesPart,
};

interface Live {
  path: string;
  role: Role;
  part(site: Site, session: Session): Promise<Fragment>;
}

/** The same roles as the routes': there is no second list of who may. */
const livesOf = (): Map<string, Live> =>
  new Map(
    ROUTES.flatMap((route) => {
      const part = PARTS[route.path];
      if (route.kind !== 'live' || route.method !== 'get' || route.role === 'anyone' || !part) return [];
      return [[route.path, { path: route.path, role: route.role, part }] as const];
    }),
  );

/** Answers the refresh of who is known, and leaves all else to `app`. */
export function front(site: Site, app: RequestListener): RequestListener {
  const { webOrigin, webTrustProxy } = site.deps.config;
  // Behind a proxy of which only the request tells whether it is https, express judges that, and with it the cookie's name.
  if (webOrigin === '' && webTrustProxy !== false) return app;
  const lives = livesOf();
  return (req, res) => {
    const live = req.method === 'GET' ? lives.get(req.url ?? '') : undefined;
    const session = live ? site.sessions.known(sessionCookie(site, req)) : null;
    if (!live || !session || !atLeast(session.user.role, live.role)) return void app(req, res);
    answer(site, live, session, req, res).catch(() => app(req, res));
  };
}

async function answer(
  site: Site,
  live: Live,
  session: Session,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const part = await live.part(site, session);
  // For who counts the requests, as express has it.
  Object.assign(res, { locals: { route: live.path } });
  sendFragment(req, res, part, freshNow(site), site.now());
}

// The web server's application: what is asked for once a second first and bare, then the pages with all they need.
import express from 'express';
import { createSessions } from '../auth/sessions.js';
import { loadAssets } from './assets.js';
import type { WebDeps } from './deps.js';
import { guard } from './guard.js';
import { securityHeaders } from './headers.js';
import { liveParts } from './live-parts.js';
import { lastHandler, nowhere } from './refusal.js';
import { requestLog } from './request-log.js';
import { ROUTES, type Route } from './routes.js';
import type { Site } from './site.js';
import { setViews } from './views.js';

/** Largest form that is read; ours are far smaller. */
const MAX_FORM = '8kb';

/** Makes the application; the caller listens with it. Throws when templates or assets are missing. */
export function createWeb(deps: WebDeps): express.Application {
  const { config } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', config.webTrustProxy);
  const site = createSite(app, deps);
  const mount = (route: Route) => {
    const handlers = [route.make(site)].flat();
    app[route.method](route.path, guard(site, route.role, route.kind, route.path), ...handlers);
  };

  for (const route of ROUTES) if (route.kind === 'live') mount(route);
  app.use('/assets', site.assets.serve);
  app.use(requestLog(deps.log));
  app.use(securityHeaders(config.webOrigin));
  app.use(express.urlencoded({ extended: false, limit: MAX_FORM, parameterLimit: 20 }));
  for (const route of ROUTES) if (route.kind !== 'live') mount(route);
  app.use(nowhere());
  app.use(lastHandler(site));
  return app;
}

function createSite(app: express.Application, deps: WebDeps): Site {
  const { config, users, sessions } = deps;
  const now = deps.now ?? Date.now;
  const cache = config.viewCache ?? true;
  const assets = loadAssets(!cache);
  const views = setViews(app, config.timeZone, cache);
  return {
    ...{ deps, views, assets, now },
    sessions: createSessions({ users, sessions, idleHours: config.sessionHours, now }),
    live: liveParts(deps, views, assets.base, now),
  };
}

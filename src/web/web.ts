// The web server's application: what is asked for once a second first and bare, then the pages with all they need.
import type { RequestListener } from 'node:http';
import express from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { createSessions } from '../auth/sessions.js';
import { createTokens } from '../auth/tokens.js';
import { loadAssets } from './assets.js';
import type { WebDeps } from './deps.js';
import { front } from './front.js';
import { guard } from './guard.js';
import { securityHeaders } from './headers.js';
import { liveParts } from './live-parts.js';
import { lastHandler, nowhere, refuse, tooMany } from './refusal.js';
import { requestLog } from './request-log.js';
import { ROUTES, type Route } from './routes.js';
import type { Site } from './site.js';
import { setViews } from './views.js';

/** Largest form that is read; ours are far smaller. */
const MAX_FORM = '8kb';

export interface Web {
  app: express.Application;
  /** What the server listens with: the application, with the refresh before it. */
  answer: RequestListener;
}

/** The application alone, which answers everything. Throws when templates or assets are missing. */
export const createWeb = (deps: WebDeps): express.Application => createPages(deps).app;

/** Makes the application and what stands before it; the caller listens. Throws when templates or assets are missing. */
export function createPages(deps: WebDeps): Web {
  const { config } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', config.webTrustProxy);
  const site = createSite(app, deps);
  const mount = (route: Route) => {
    const handlers = [route.make(site)].flat();
    // The guard comes first, always: what is asked for without a right is not even read.
    app[route.method](route.path, guard(site, route), ...handlers);
  };

  for (const route of ROUTES) if (route.kind === 'live') mount(route);
  app.use('/assets', site.assets.serve);
  app.use(requestLog(deps.log));
  app.use(securityHeaders(config.webOrigin));
  app.use('/api', strangers(site));
  for (const route of ROUTES) if (route.kind === 'api') mount(route);
  app.use(express.urlencoded({ extended: false, limit: MAX_FORM, parameterLimit: 20 }));
  for (const route of ROUTES) if (route.kind === 'page' || route.kind === 'data') mount(route);
  app.use(nowhere());
  app.use(lastHandler(site));
  return { app, answer: front(site, app) };
}

function createSite(app: express.Application, deps: WebDeps): Site {
  const { config, users, sessions, tokens, audit } = deps;
  const now = deps.now ?? Date.now;
  const cache = config.viewCache ?? true;
  const assets = loadAssets(!cache);
  const views = setViews(app, config.timeZone, cache);
  return {
    ...{ deps, views, assets, now },
    sessions: createSessions({ users, sessions, idleHours: config.sessionHours, now }),
    tokens: createTokens({ users, tokens, audit, now }),
    live: liveParts(deps, views, assets.base, now),
  };
}

/** Requests without a right token from one network in a minute: guessing 256 bits is hopeless, but it shall not cost us much. */
const STRANGERS_PER_MINUTE = 100;

const strangers = (site: Site): express.RequestHandler =>
  rateLimit({
    ...{ windowMs: 60_000, limit: STRANGERS_PER_MINUTE, standardHeaders: false, legacyHeaders: false, validate: false },
    keyGenerator: (req) => ipKeyGenerator(req.ip ?? 'nowhere'),
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_req, res) => res.statusCode !== 401,
    handler: (req, res) => refuse(site, req, res, tooMany()),
  });

// What browsers are told about every page: only our own files run, nobody frames us, nothing is kept.
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Strict headers. Over https browsers are told to stay there; over plain http (a closed network) they are not. */
export function securityHeaders(webOrigin: string): RequestHandler[] {
  const https = webOrigin.startsWith('https:');
  const own = ["'self'"];
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        ...{
          scriptSrc: own,
          styleSrc: own,
          imgSrc: own,
          fontSrc: own,
          mediaSrc: own,
          connectSrc: own,
          formAction: own,
        },
        ...{ baseUri: ["'none'"], frameAncestors: ["'none'"], objectSrc: ["'none'"] },
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    crossOriginOpenerPolicy: https,
    originAgentCluster: https,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  const keepNothing: RequestHandler = (_req, res, next) => {
    res.set({ 'Cache-Control': 'no-store', 'Permissions-Policy': 'camera=(), geolocation=(), microphone=()' });
    next();
  };
  return [headers, keepNothing];
}

// One line a request: route, answer, time. No address, no login, no query: nothing personal.
import type { RequestHandler } from 'express';
import type { WebLog } from './deps.js';

/** Logs what changes something or fails at info, the rest at debug. */
export function requestLog(log: WebLog): RequestHandler {
  return (req, res, next) => {
    const from = process.hrtime.bigint();
    res.once('finish', () => {
      const ms = Number((process.hrtime.bigint() - from) / 10_000n) / 100;
      const line = { method: req.method, route: res.locals['route'] ?? '-', status: res.statusCode, ms };
      if (req.method === 'POST' || res.statusCode >= 500) log.info(line, 'request');
      else log.debug(line, 'request');
    });
    next();
  };
}

// Health and metrics of a server, put together: serve.ts tells what there is, and gets what stands before the pages.
import type { RequestListener, Server } from 'node:http';
import type { Snapshot } from '../../call/live.js';
import type { Config } from '../../config/options.js';
import type { Log } from '../../log/log.js';
import { httpServer } from '../http-server.js';
import { listenFor } from '../listen.js';
import { liveChecks, readyChecks, type Watched } from './checks.js';
import { metricsText, type Sources } from './families.js';
import { health } from './health.js';
import { type Answers, beforePages } from './requests.js';

export interface Operations {
  /** The pages with /health and /metrics before them; `now` is what the pages show, null while it is not true. */
  before(pages: RequestListener, now: () => Snapshot | null): RequestListener;
  /** Serves them at a port of their own where one is configured; does not wait for it. */
  listen(signal: AbortSignal): void;
  close(): Promise<void>;
}

export type Parts = Watched &
  Omit<Sources, 'now' | 'spoolFiles'> & {
    config: Pick<Config, 'roles' | 'webHost' | 'operationsPort' | 'metricsFrom' | 'metricsToken' | 'spoolFile'>;
    log: Log;
  };

export function createOperations(parts: Parts): Operations {
  const { config, tally, log } = parts;
  let now: () => Snapshot | null = () => null;
  const answers: Answers = {
    live: health(liveChecks(parts)),
    ready: health(readyChecks(parts)),
    metrics: () => metricsText({ ...parts, spoolFiles: config.spoolFile, now: () => now() }),
    metricsFrom: config.metricsFrom,
    metricsToken: config.metricsToken,
    request: tally.request,
    apart: config.operationsPort !== 0,
  };
  let server: Server | null = null;
  return {
    before(pages, shown) {
      now = shown;
      return beforePages(answers, pages);
    },
    listen(signal) {
      if (!answers.apart) return;
      const made = httpServer(beforePages(answers, null));
      server = made;
      const { webHost: host, operationsPort: port } = config;
      const names = {
        ...{ what: 'the port of /health and /metrics', option: 'DIALHOOK_OPERATIONS_PORT', address: `${host}:${port}` },
      };
      listenFor(() => made.listen(port, host), names, signal, log).catch((error: unknown) =>
        log.error({ err: error }, '/health and /metrics are not served'),
      );
    },
    close: async () => {
      tally.end();
      const open = server;
      if (!open?.listening) return;
      open.closeAllConnections();
      await new Promise<void>((resolve) => open.close(() => resolve()));
    },
  };
}

// The HTTP servers of ours, bounded: who opens connections and says nothing, or says it slowly, takes no descriptor from the calls,
// whose connections, files and database are of the same process.
import { createServer, type RequestListener, type Server } from 'node:http';

export interface HttpBounds {
  /** Connections at a time; a further one is closed at once. */
  most: number;
  /** A request's headers, and the whole of it, must be here within, ms. */
  headersMs: number;
  requestMs: number;
  /** How often the two are looked at, ms. */
  everyMs: number;
}

/** Twice what 5,000 viewers with two connections each take; LimitNOFILE of the unit has room for it, and for 10,000 calls. */
const BOUNDS: HttpBounds = { most: 20_000, headersMs: 10_000, requestMs: 30_000, everyMs: 5_000 };

/** A server that does not listen yet. */
export function httpServer(answer: RequestListener, bounds: HttpBounds = BOUNDS): Server {
  const { most, headersMs, requestMs, everyMs } = bounds;
  const server = createServer(
    { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: everyMs },
    answer,
  );
  server.maxConnections = most;
  return server;
}

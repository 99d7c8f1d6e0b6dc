// Pure. The dialplan's circuit breaker (dialplan/dialhook-send.conf): two globals that say when a hook asks the server.

export interface Breaker {
  /** May a hook ask now? Side hooks stay away from a frozen server until a bounded one has found it well. */
  asks(way: 'main' | 'side', now: number): boolean;
  /** The server confirmed. */
  well(way: 'main' | 'side'): void;
  /** The server did not confirm; `silent`: it took the connection and said nothing. */
  open(now: number, silent: boolean): void;
}

/** @param retryMs DH_RETRY */
export function createBreaker(retryMs: number): Breaker {
  let skipUntil = 0;
  let frozen = false;
  return {
    asks: (way, now) => now >= skipUntil && !(way === 'side' && frozen),
    well(way) {
      if (way === 'main') frozen = false;
    },
    open(now, silent) {
      skipUntil = now + retryMs;
      if (silent) frozen = true;
    },
  };
}

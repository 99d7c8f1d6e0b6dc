// How long the pages took, counted by hand: prom-client puts the labels of each observation together anew, which at thousands
// of polls a second costs more than the rest of the counting.
import { bucketsOf, type Family } from './exposition.js';

/** Upper bounds of the counted classes, seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

interface Times {
  /** By BOUNDS, the lower ones not included; the last is for all that took longer. */
  counts: number[];
  sum: number;
}

export interface RequestTimes {
  /** Counts a request; `route` is a pattern, so that there are few of them. */
  add(route: string, status: number, seconds: number): void;
  family(): Family;
}

/** Counts nothing yet. */
export function requestTimes(): RequestTimes {
  const routes = new Map<string, Map<number, Times>>();
  const timesOf = (route: string, status: number): Times => {
    const statuses = routes.get(route) ?? new Map<number, Times>();
    routes.set(route, statuses);
    const times = statuses.get(status) ?? { counts: new Array<number>(BOUNDS.length + 1).fill(0), sum: 0 };
    statuses.set(status, times);
    return times;
  };
  return {
    add(route, status, seconds) {
      const times = routes.get(route)?.get(status) ?? timesOf(route, status);
      let at = 0;
      while (at < BOUNDS.length && seconds > (BOUNDS[at] ?? 0)) at++;
      times.counts[at] = (times.counts[at] ?? 0) + 1;
      times.sum += seconds;
    },
    family: () => ({
      ...{ name: 'dialhook_web_request_seconds', help: 'Requests of the pages, by route pattern and status.' },
      type: 'histogram',
      samples: [...routes].flatMap(([route, statuses]) =>
        [...statuses].flatMap(([status, times]) => bucketsOf({ route, status: String(status) }, BOUNDS, times)),
      ),
    }),
  };
}

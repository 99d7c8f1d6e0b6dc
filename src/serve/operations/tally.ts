// What this side of the server counts by itself: events stored, lines from the spool, requests, words with the PBX.
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { AmiError } from '../../ami/error.js';
import type { Ami } from '../../ami/index.js';
import type { CallEvent } from '../../call/event.js';
import { exposition } from './exposition.js';
import { requestTimes } from './request-times.js';

export interface Tally {
  stored(events: readonly CallEvent[]): void;
  /** Events stored since the start, by kind and source. */
  events(): { kind: string; source: string; count: number }[];
  spooled(lines: number): void;
  spoolLines(): number;
  /** A request of the pages; `route` is a pattern, never an address. */
  request(route: string, status: number, seconds: number): void;
  /** The same manager interface, with its actions timed and its logins counted. */
  watched(ami: Ami): Ami;
  /** Logins to the manager interface since the start. */
  amiLogins(): number;
  /** The counted requests and actions, and the figures of the process, as text. */
  text(): Promise<string>;
  end(): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createTally(): Tally {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = requestTimes();
  const actions = new Histogram({
    ...{ name: 'dialhook_ami_action_seconds', help: 'Actions of the manager interface, from sent to answered.' },
    ...{ labelNames: ['action', 'outcome'], buckets: SECONDS, registers },
  });
  const events = new Map<string, { kind: string; source: string; count: number }>();
  let lines = 0;
  let logins = 0;
  return {
    stored(some) {
      for (const { event: kind, source } of some) {
        const key = `${kind} ${source}`;
        const counted = events.get(key) ?? { kind, source, count: 0 };
        counted.count += 1;
        events.set(key, counted);
      }
    },
    events: () => [...events.values()],
    spooled(some) {
      lines += some;
    },
    spoolLines: () => lines,
    request: requests.add,
    watched(ami) {
      ami.on('up', () => {
        logins += 1;
      });
      return timed(ami, (action, outcome, seconds) => actions.observe({ action, outcome }, seconds));
    },
    amiLogins: () => logins,
    text: async () => `${exposition([requests.family()])}\n${await registry.metrics()}`,
    end: () => registry.clear(),
  };
}

function timed(ami: Ami, took: (action: string, outcome: string, seconds: number) => void): Ami {
  const measure = async <T>(action: string, work: Promise<T>): Promise<T> => {
    const from = performance.now();
    const done = (outcome: string) => took(action, outcome, (performance.now() - from) / 1000);
    try {
      const answer = await work;
      done('ok');
      return answer;
    } catch (error) {
      done(error instanceof AmiError ? error.code : 'error');
      throw error;
    }
  };
  return {
    state: () => ami.state(),
    action: (name, fields, options) => measure(name, ami.action(name, fields, options)),
    list: (name, fields, options) => measure(name, ami.list(name, fields, options)),
    on: ami.on.bind(ami),
    close: () => ami.close(),
  };
}

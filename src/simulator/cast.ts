// Pure. Who plays: queues, operators and clients. They hang on their numbers only, not on the seed,
// so that operator 101 and the clients of a demo are the same people every day.
import { COMPANIES, FIRST_NAMES, LAST_NAMES, OPERATOR_NAMES, QUEUE_TITLES } from './names.js';

export interface SimQueue {
  name: string;
  title: string;
  strategy: 'leastrecent' | 'ringall';
  /** Number from outside that leads here. */
  did: string;
  /** Seconds: one ring of a device, pause before the next try, longest stay. */
  ring: number;
  retry: number;
  timeout: number;
  /** Seconds of wrap-up after a talk (DH_WRAPUP_<queue>); 0: none, then app_queue leaves the operator alone for `rest`. */
  wrapup: number;
  rest: number;
  /** Share of the calls, against the other queues. */
  weight: number;
  /** Queue() has the option c: the caller goes on in the dialplan when the operator hangs up first. */
  goesOn: boolean;
}

export interface SimOperator {
  /** Endpoint of the phone, e.g. `101`. */
  endpoint: string;
  name: string;
  queues: string[];
  /** Number from outside that rings this phone; empty for most. */
  did: string;
  /** Mean seconds until the phone is picked up, and how likely a ring is missed or refused. */
  pickup: number;
  miss: number;
  reject: number;
  /** A direct call that nobody answers may leave a message. */
  mailbox: boolean;
}

export interface SimClient {
  number: string;
  name: string;
  company: string;
  vip: boolean;
}

export interface Cast {
  trunk: string;
  queues: SimQueue[];
  operators: SimOperator[];
  clients: SimClient[];
}

export const FIRST_OPERATOR = 101;
const CLIENTS = 48;
/** Leads to the menu. */
export const MENU_NUMBER = '5550120';
/** 555-01xx: queues from 5550101, then the menu, operators from 5550121, clients from 5550180, and 5550172 to 5550178 lead nowhere. */
const DIDS_OF_OPERATORS = 50;
export const UNKNOWN_NUMBERS = ['5550172', '5550174', '5550176', '5550178'] as const;

/** The people of a simulated centre with so many operators (from 101) and queues; every third queue has no wrap-up. */
export function makeCast(size: { operators: number; queues: number; wrapup?: number }): Cast {
  const queues = Array.from({ length: size.queues }, (_, i) => makeQueue(i, size.wrapup ?? 0));
  const operators = Array.from({ length: size.operators }, (_, i) => makeOperator(i, queues));
  return { trunk: 'trunk1', queues, operators, clients: simulatedClients() };
}

/** Made-up clients behind some of the numbers that call, for the table of clients of a demo. */
export function simulatedClients(): SimClient[] {
  return Array.from({ length: CLIENTS }, (_, i) => ({
    number: i % 6 === 5 ? `55501${80 + Math.floor(i / 6)}` : `+99800${String(2_000_000 + i * 37_911)}`,
    name: `${of(FIRST_NAMES, i * 5)} ${of(LAST_NAMES, i * 3 + Math.floor(i / 13))}`,
    company: i % 3 === 0 ? of(COMPANIES, i / 3) : '',
    vip: i % 8 === 3,
  }));
}

function makeQueue(i: number, wrapup: number): SimQueue {
  const [name, title] = QUEUE_TITLES[i] ?? [`queue${i + 1}`, `Queue ${i + 1}`];
  return {
    name,
    title,
    strategy: i % 3 === 2 ? 'ringall' : 'leastrecent',
    did: `55501${String(i + 1).padStart(2, '0')}`,
    ring: 15,
    retry: 5,
    timeout: i % 3 === 2 ? 60 : 90,
    wrapup: i % 3 === 2 ? 0 : wrapup,
    rest: 8,
    weight: 1 / (1 + i * 0.35),
    goesOn: i % 4 === 1,
  };
}

function makeOperator(i: number, queues: readonly SimQueue[]): SimOperator {
  const home = queues[i % queues.length];
  const second = i % 2 === 1 ? queues[(i + 1 + Math.floor(i / queues.length)) % queues.length] : undefined;
  return {
    endpoint: String(FIRST_OPERATOR + i),
    name:
      i < OPERATOR_NAMES.length
        ? of(OPERATOR_NAMES, i)
        : `${of(OPERATOR_NAMES, i)} ${Math.floor(i / OPERATOR_NAMES.length) + 1}`,
    queues: [...new Set([home, second].filter((queue) => queue !== undefined).map((queue) => queue.name))],
    did: i < DIDS_OF_OPERATORS ? String(5_550_121 + i) : '',
    pickup: 2.5 + (i % 5),
    miss: i % 7 === 3 ? 0.18 : 0.05,
    reject: i % 9 === 5 ? 0.1 : 0.02,
    mailbox: i % 2 === 0,
  };
}

const of = <T>(list: readonly T[], i: number): T => {
  const found = list[Math.floor(i) % list.length];
  if (found === undefined) throw new Error('an empty list of names');
  return found;
};

// createWeb with stand-ins for the rest of Dialhook: users with known passwords, a snapshot that the test sets.
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { hashPassword } from '../../src/auth/password.js';
import type { Role } from '../../src/auth/users.js';
import type { Snapshot } from '../../src/call/live.js';
import type { CallLine, ClickArgs, ClickNow, Status, Story, Verb, WebDeps } from '../../src/web/deps.js';
import { type MemoryStores, memoryStores } from '../auth/stores.js';
import { recentCalls } from './fixtures.js';
import { longStory } from './stories.js';

export const PASSWORD = 'correct horse battery';
/** Made once: it costs 40 ms of a core, and every test that serves needs it. */
const HASH = hashPassword(PASSWORD);

export interface Fake {
  deps: WebDeps;
  stores: MemoryStores;
  /** What the pages see now; null before the first read. */
  snapshot: Snapshot | null;
  failingSince: number | null;
  status: Status;
  clicks: { verb: Verb; args: ClickArgs; login: string }[];
  /** Answers to a click and to the questions after it. */
  click: ClickNow;
  clickState: ClickNow | null;
  /** The story of a call; all are known and alike, but `gone`. */
  story(id: string): Story | null;
  /** Finished calls, newest first. */
  calls: CallLine[];
  tollAlarms: string[];
  logged: { level: string; fields: object; text: string }[];
}

const PEOPLE: [login: string, name: string, role: Role, operator: string][] = [
  ['lola', 'Lola Mirova', 'operator', '112'],
  ['irina', 'Irina Petrova', 'operator', '109'],
  ['umida', 'Umida Bek', 'operator', '121'],
  ['sabir', 'Sabir Valiev', 'supervisor', ''],
  ['admin', 'Ada Minova', 'administrator', '101'],
];

/** Makes the stand-ins. Logins: lola, irina, umida (operators), sabir (supervisor), admin; one password for all. */
export async function fake(now: () => number = Date.now): Promise<Fake> {
  const stores = memoryStores();
  const passwordHash = await HASH;
  for (const [login, name, role, operator] of PEOPLE) {
    await stores.users.createUser({ login, name, role, operator, passwordHash }, now());
  }
  const log = (level: string) => (fields: object, text: string) => void self.logged.push({ level, fields, text });
  const self: Fake = {
    stores,
    snapshot: null,
    failingSince: null,
    status: { database: { up: true }, pbx: { up: true }, journal: { lag: 0, behind: 0 } },
    clicks: [],
    click: { click: 'pbx1-click-1', state: 'sent', text: '' },
    clickState: { click: 'pbx1-click-1', state: 'confirmed', text: '' },
    story: (id) => (id === 'gone' ? null : longStory(id)),
    ...{ logged: [], calls: [], tollAlarms: [] },
    deps: {
      snapshots: { current: () => self.snapshot, failingSince: () => self.failingSince },
      click: async (verb, args, user) => {
        self.clicks.push({ verb, args, login: user.login });
        return self.click;
      },
      clickState: async () => self.clickState,
      users: stores.users,
      sessions: stores.sessions,
      audit: stores.audit,
      throttle: stores.throttle,
      tokens: stores.tokens,
      calls: async ({ since, until, after, limit }) =>
        self.calls
          .filter((one) => one.startedAt >= since && one.startedAt < until)
          .filter((one) => after === null || one.startedAt < after.startedAt)
          .slice(0, limit),
      tollAlarms: () => self.tollAlarms,
      recordings: {
        // Any file does: it is opened for each who may.
        open: async () => ({
          ...{ state: 'open', file: await open(fileURLToPath(import.meta.url)), bytes: 100 },
          ...{ type: 'audio/wav', call: 'pbx1-a', name: 'a.wav', ending: 'wav' },
        }),
        of: async () => [],
        kept: async () => null,
        keep: async () => {},
        release: async () => false,
      },
      status: () => self.status,
      recentCalls: async () => recentCalls(now()),
      story: async (id) => self.story(id),
      findClient: async (number) =>
        number === '5550107' ? { name: 'Orion LLC', company: 'Orion LLC, Tashkent', vip: true } : null,
      config: {
        ...{ timeZone: 'Asia/Tashkent', webOrigin: '', webTrustProxy: false, sessionHours: 12 },
        pauseReasons: ['break', 'lunch', 'meeting', 'training', 'other'],
      },
      log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      now,
    },
  };
  return self;
}

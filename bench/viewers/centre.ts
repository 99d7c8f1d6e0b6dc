// A call centre on whose monitor something changes every second: 120 operators, 12 queues, 50 calls at every moment, and
// the users who watch it.
import { setTimeout as sleep } from 'node:timers/promises';
import { createSessions } from '../../src/auth/sessions.js';
import type { SessionStore } from '../../src/auth/users.js';
import { formatLine } from '../../src/call/event.js';
import { applyBatch, newMemory } from '../../src/record/apply.js';
import type { Db } from '../../src/store/database.js';
import type { JournalState } from '../../src/store/journals.js';
import { saveSession } from '../../src/store/sessions.js';
import { createUser } from '../../src/store/users.js';
import { endpointOf, lineOf, OPERATORS, queueOf } from '../lib/calls.js';

/** Events that happened before anybody looks, and each second from then on. */
const BEFORE = 3_000;
const A_SECOND = 16;
const BEAT_MS = 250;

export interface Centre {
  /** Lets the day go on; the answer ends it, and rejects when an event could not be stored. */
  run(): () => Promise<void>;
}

/** Writes operators, queues and the day so far into empty tables. */
export async function openCentre(db: Db): Promise<Centre> {
  const now = Date.now();
  for (let n = 0; n < OPERATORS; n++) {
    const user = { login: `operator${n}`, name: `Operator ${n} of the bench`, operator: endpointOf(n) };
    await createUser(db, { ...user, role: 'operator', passwordHash: 'none' }, now);
  }
  const store = await writer(db, now);
  await store(Array.from({ length: OPERATORS }, (_, n) => loginOf(n, now - 3_600_000)));
  let told = 0;
  const next = (count: number, at: (n: number) => number) =>
    Array.from({ length: count }, () => lineOf(0, told, at(told++)));
  while (told < BEFORE) await store(next(500, (n) => Math.round(now - ((BEFORE - n) * 1000) / A_SECOND)));
  return {
    run() {
      const ended = new AbortController();
      const going = (async () => {
        while (!ended.signal.aborted) {
          await store(next((A_SECOND * BEAT_MS) / 1000, () => Date.now()));
          await sleep(BEAT_MS);
        }
      })();
      going.catch(() => {});
      return () => {
        ended.abort();
        return going;
      };
    },
  };
}

/** How lines get into the tables: as the server's own loop does it. */
async function writer(db: Db, now: number): Promise<(lines: readonly string[]) => Promise<void>> {
  const memory = newMemory();
  let state: JournalState = {
    ...{ server: 'bench', segment: 1, offset: 0, events: 0, repeated: 0, rejected: 0 },
    ...{ lastEventAt: null, appliedAt: now },
  };
  return async (lines) => {
    const records = lines.map((line) => ({ line, receivedAt: Date.now(), refusal: '' }));
    const before = state.events;
    state = await applyBatch(db, memory, records, state);
    if (state.events !== before + lines.length) throw new Error('an event of the bench was refused or is a repeat');
  };
}

/** Each operator serves three queues. */
function loginOf(n: number, at: number): string {
  const queues = [n, n + 1, n + 5].map(queueOf).join(',');
  const who = { operator: endpointOf(n), queues };
  return formatLine({ v: 1, id: `pbx1-login-${n}`, at, pbx: 'pbx1', call: `pbx1-login-${n}`, event: 'login', ...who });
}

const unasked = () => Promise.reject(new Error('the bench only opens sessions'));
const NOT_ASKED: SessionStore = {
  ...{ saveSession: unasked, findSessions: unasked, touchSessions: unasked, deleteSession: unasked },
  ...{ deleteSessionsOfUser: unasked, listSessions: unasked },
};

/** Supervisors with a session each; gives their cookies. */
export async function openSessions(db: Db, count: number): Promise<string[]> {
  const sessions = createSessions({
    users: { findUsersById: unasked },
    sessions: { ...NOT_ASKED, saveSession: (session) => saveSession(db, session) },
    idleHours: 12,
  });
  const numbers = Array.from({ length: count }, (_, n) => n);
  const cookies: string[] = [];
  const one = async () => {
    for (let n = numbers.pop(); n !== undefined; n = numbers.pop()) {
      const user = { login: `viewer${n}`, name: `Viewer ${n}`, role: 'supervisor', operator: '' } as const;
      const id = await createUser(db, { ...user, passwordHash: 'none' }, Date.now());
      cookies.push((await sessions.open({ id, ...user }, '127.0.0.1')).token);
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
  return cookies;
}

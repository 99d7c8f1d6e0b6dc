// For tests: a terminal that keeps what was written, and doors that lead nowhere real.

import { cli } from '../../src/cli/cli.js';
import type { ClientLine, Deps, TokenLine, UserLine } from '../../src/cli/deps.js';
import type { ManagerEvent, Probes } from '../../src/cli/doctor/probes.js';
import type { Io } from '../../src/cli/io.js';
import type { Lists } from '../../src/store/lists.js';

export interface Terminal extends Io {
  said: { out: string; err: string };
  /** What the person types next, line by line. */
  answers: string[];
  input: string;
  /** As if Ctrl-C was pressed. */
  interrupt: () => void;
  exits: number[];
}

export function terminal(more: Partial<Pick<Terminal, 'env' | 'interactive' | 'answers' | 'input'>> = {}): Terminal {
  const said = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const made: Terminal = {
    env: {},
    interactive: false,
    answers: [],
    input: '',
    exits: [],
    ...more,
    said,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    askHidden: async (question) => {
      said.out += question;
      return made.answers.shift() ?? '';
    },
    readInput: async () => made.input,
    exit: (code) => made.exits.push(code),
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    interrupt: () => {
      for (const listener of listeners) listener();
    },
  };
  return made;
}

export interface Doors extends Deps {
  /** Name of each door that was opened and not closed again. */
  open: string[];
  stored: {
    users: (UserLine & { password: string })[];
    tokens: (TokenLine & { secretHash: string })[];
    clients: ClientLine[];
    lists: Lists;
  };
}

/** Deps that work in memory; `more` replaces some of them. */
export function doors(more: Partial<Deps> = {}): Doors {
  const open: string[] = [];
  const stored: Doors['stored'] = {
    ...{ users: [], tokens: [], clients: [] },
    lists: { blacklist: [], vips: [], routes: [] },
  };
  const closing = (name: string) => {
    open.push(name);
    return async () => void open.splice(open.indexOf(name), 1);
  };
  const change = (login: string, values: Partial<UserLine & { password: string }>) => {
    const found = stored.users.find((one) => one.login === login);
    if (found !== undefined) Object.assign(found, values);
    return found !== undefined;
  };
  return {
    open,
    stored,
    version: '9.9.9',
    serve: async () => {},
    migrate: async () => [],
    rebuild: async () => ({ calls: 0, differed: [] }),
    importCdr: async () => ({
      ...{ name: 'nowhere', notes: [] },
      counts: { rows: 0, calls: 0, unchanged: 0, completed: 0, recorded: 0, outside: 0, doubtful: 0, rejected: 0 },
    }),
    importQueueLog: async () => ({
      name: 'nowhere',
      counts: { lines: 0, presence: 0, joined: 0, alone: 0, recorded: 0, doubtful: 0, rejected: 0 },
    }),
    users: async () => ({
      // The rows hold more than a line says: what is listed must not show it.
      list: async () => stored.users,
      add: async (user) => void stored.users.push({ ...user, disabled: false, createdAt: Date.UTC(2026, 0, 1) }),
      setPassword: async (login, password) => change(login, { password }),
      setDisabled: async (login, disabled) => change(login, { disabled }),
      signOut: async (login) => stored.users.some((one) => one.login === login),
      remove: async (login) => {
        const before = stored.users.length;
        stored.users = stored.users.filter((one) => one.login !== login);
        return stored.users.length < before;
      },
      close: closing('users'),
    }),
    tokens: async () => ({
      list: async () => stored.tokens,
      add: async ({ login, days, ...rest }) => {
        if (!stored.users.some((one) => one.login === login)) return null;
        const times = { createdAt: Date.UTC(2026, 0, 1), expiresAt: Date.UTC(2026, 0, 1 + days), usedAt: null };
        stored.tokens.push({ ...{ id: 'abc', secretHash: 'hush', login, usedFrom: '' }, ...rest, ...times });
        return { id: 'abc', text: 'dialhook_abc_secret', expiresAt: times.expiresAt, idle: rest.scopes.slice(1) };
      },
      remove: async (id) => {
        const before = stored.tokens.length;
        stored.tokens = stored.tokens.filter((one) => one.id !== id);
        return stored.tokens.length < before;
      },
      close: closing('tokens'),
    }),
    clients: async () => ({
      list: async (limit) => stored.clients.slice(0, limit),
      save: async (clients) => void stored.clients.push(...clients),
      remove: async (number) => {
        const before = stored.clients.length;
        stored.clients = stored.clients.filter((one) => one.number !== number);
        return stored.clients.length < before;
      },
      close: closing('clients'),
    }),
    journal: async () => {
      throw Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' });
    },
    backup: async (_config, { file, folder }) => ({ file: file ?? `${folder}/made`, bytes: 4096, removed: [] }),
    spool: async () => ({ files: 0, lines: 0 }),
    lists: async () => ({
      list: async (name) => stored.lists[name],
      save: async (name, entries) => void (stored.lists[name] as unknown[]).push(...entries),
      remove: async (name, number) => {
        const kept = (stored.lists[name] as { number: string }[]).filter((one) => one.number !== number);
        const removed = kept.length < stored.lists[name].length;
        Object.assign(stored.lists, { [name]: kept });
        return removed;
      },
      close: closing('lists'),
    }),
    freepbxQueues: async (etc) => `; queues of ${etc}\n`,
    freepbxSeen: async () => ({ error: '', readAt: null, items: [] }),
    recordings: async () => {
      throw new Error('no folder of recordings is configured: set DIALHOOK_RECORDINGS.');
    },
    probes: () => probes(),
    ...more,
  };
}

/** Probes of a host on which all is well; `more` replaces some of them. */
export function probes(
  more: Partial<Probes> = {},
  manager: Record<string, (fields: Record<string, string>) => Record<string, string>> = {},
  /** What the PBX tells by itself after an action. */
  events: Record<string, string[]>[] = [],
): Probes {
  const listeners = new Set<(event: ManagerEvent) => void>();
  return {
    now: () => Date.UTC(2026, 0, 12, 9),
    node: '22.1.0',
    database: {
      product: async () => 'MariaDB 10.11.6',
      clock: async () => Date.UTC(2026, 0, 12, 9),
      cluster: async () => null,
      pending: async () => [],
      journals: async () => [],
      rejected: async () => ({ count: 0, newest: [] }),
      close: async () => {},
    },
    journalBehind: async () => null,
    manager: async () => ({
      action: async (name, fields = {}) => {
        const answer = manager[name]?.(fields as Record<string, string>) ?? {};
        for (const event of events)
          for (const listener of listeners)
            listener({ get: (key) => event[key]?.[0], getAll: (key) => event[key] ?? [] });
        return { get: (key) => answer[key] };
      },
      listen: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: async () => {},
    }),
    freepbx: async () => ({ missing: [], tooMuch: [], extensions: 4, reading: null }),
    freepbxHost: async () => null,
    listener: async () => null,
    ...more,
  };
}

/** Runs a command line given as in a shell (double quotes hold words together) or as words. */
export async function run(
  line: string | string[],
  deps: Deps = doors(),
  io: Terminal = terminal(),
): Promise<{ code: number; out: string; err: string; io: Terminal }> {
  const words = Array.isArray(line)
    ? line
    : [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((found) => found[1] ?? found[2] ?? '');
  const code = await cli(['node', 'dialhook', ...words], deps, io);
  return { code, out: io.said.out, err: io.said.err, io };
}

// A manager interface that speaks the real bytes over TCP. It answers as Asterisk 16 and 22 do, unless a script says otherwise.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { until as waitUntil } from '../../scripts/lab/wait.js';
import { type AmiLog, type AmiOptions, connectAmi } from '../../src/ami/index.js';

export type Headers = Record<string, string | number>;

/** One action as it arrived. */
export interface FakeAction {
  name: string;
  id: string;
  raw: string;
  lines: string[];
  get(key: string): string | undefined;
  getAll(key: string): string[];
}

export interface FakeSession {
  socket: Socket;
  actions: FakeAction[];
  /** Writes bytes as they are. */
  write(text: string): void;
  answer(action: FakeAction, headers?: Headers): void;
  refuse(action: FakeAction, message: string): void;
  event(name: string, headers?: Headers): void;
}

export type Script = Record<string, (action: FakeAction, session: FakeSession) => void>;

export interface FakeAmi {
  port: number;
  sessions: FakeSession[];
  /** Changing it changes what later actions get. */
  script: Script;
  /** All actions of this name, over all connections. */
  actions(name: string): FakeAction[];
  /** The newest connection. */
  last(): FakeSession;
  /** Stops listening and drops every connection; start() on the same port again with `reopen`. */
  shut(): Promise<void>;
  reopen(): Promise<void>;
}

const GREETING = 'Asterisk Call Manager/11.0.0\r\n';
export const USER = 'dialhook';
export const SECRET = 's3cret-of-the-test';

const open: { shut(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.shut();
});

/** Waits until `look` gives something, at most `deadline` ms. */
export const until = <T>(what: string, look: () => T, deadline = 15_000) =>
  waitUntil(look, { what, deadline, every: 2 });

/** Log lines of the AMI under test. */
export interface TestLog extends AmiLog {
  lines: { level: string; fields: object; text: string }[];
}

export function testLog(): TestLog {
  const lines: TestLog['lines'] = [];
  const at = (level: string) => (fields: object, text: string) => void lines.push({ level, fields, text });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Connects with short times; closed after the test. */
export function connectTo(fake: { port: number }, more: Partial<AmiOptions> = {}) {
  const log = testLog();
  const quick = { connectMs: 1000, loginMs: 1000, backoffMs: 20, maxBackoffMs: 60, refusedMs: 60, timeoutMs: 1000 };
  const ami = connectAmi({ host: '127.0.0.1', port: fake.port, user: USER, secret: SECRET, log, ...quick, ...more });
  open.push({ shut: () => ami.close() });
  return { ami, log };
}

/** Connects and waits until it is up. */
export async function upTo(fake: { port: number }, more: Partial<AmiOptions> = {}) {
  const made = connectTo(fake, more);
  await until('AMI is up', () => made.ami.state().up);
  return made;
}

const STANDARD: Script = {
  Login: (action, session) => {
    const right = action.get('Username') === USER && action.get('Secret') === SECRET;
    if (right) return session.answer(action, { Message: 'Authentication accepted' });
    session.refuse(action, 'Authentication failed');
    session.socket.end();
  },
  Events: (action, session) => session.answer(action, { Events: 'On' }),
  Ping: (action, session) => session.answer(action, { Ping: 'Pong', Timestamp: '1700000000.000000' }),
  Originate: (action, session) => session.answer(action, { Message: 'Originate successfully queued' }),
};

/** `allowHalfOpen`: a FIN of the client is not answered, as when the network has swallowed it. */
export async function startFake(script: Script = {}, options: { allowHalfOpen?: boolean } = {}): Promise<FakeAmi> {
  const sessions: FakeSession[] = [];
  const server = createServer(options, (socket) => sessions.push(openSession(socket, fake)));
  const fake: FakeAmi = {
    port: 0,
    sessions,
    script,
    actions: (name) => sessions.flatMap((session) => session.actions.filter((action) => action.name === name)),
    last: () => {
      const session = sessions.at(-1);
      if (session === undefined) throw new Error('nobody has connected');
      return session;
    },
    shut: () => shut(server, sessions),
    reopen: () => listen(server, fake.port).then(() => undefined),
  };
  fake.port = await listen(server, 0);
  open.push(fake);
  return fake;
}

function openSession(socket: Socket, fake: FakeAmi): FakeSession {
  const session: FakeSession = {
    socket,
    actions: [],
    write: (text) => void socket.write(text),
    answer: (action, headers = {}) => session.write(block({ Response: 'Success', ActionID: action.id, ...headers })),
    refuse: (action, message) => session.write(block({ Response: 'Error', ActionID: action.id, Message: message })),
    event: (name, headers = {}) => session.write(block({ Event: name, ...headers })),
  };
  let rest = '';
  socket.setEncoding('utf8');
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (text) => {
    const blocks = (rest + String(text)).split('\r\n\r\n');
    rest = blocks.pop() ?? '';
    for (const raw of blocks) take(readAction(raw), session, fake);
  });
  if (fake.script['greeting'] === undefined) session.write(GREETING);
  return session;
}

function take(action: FakeAction, session: FakeSession, fake: FakeAmi): void {
  session.actions.push(action);
  const act = fake.script[action.name] ?? STANDARD[action.name];
  if (act === undefined) session.answer(action);
  else act(action, session);
}

function readAction(raw: string): FakeAction {
  const lines = raw.split('\r\n');
  const getAll = (key: string) =>
    lines
      .filter((line) => line.toLowerCase().startsWith(`${key.toLowerCase()}: `))
      .map((line) => line.slice(key.length + 2));
  const get = (key: string) => getAll(key)[0];
  const name = (get('Action') ?? '').replace(/^./, (letter) => letter.toUpperCase());
  return { raw, lines, get, getAll, name, id: get('ActionID') ?? '' };
}

/** A message as Asterisk writes it. */
export const block = (headers: Headers) =>
  `${Object.entries(headers)
    .map(([key, value]) => `${key}: ${value}\r\n`)
    .join('')}\r\n`;

const listen = (server: Server, port: number) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

async function shut(server: Server, sessions: FakeSession[]): Promise<void> {
  for (const session of sessions) session.socket.destroy();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
}

// The application on a free port, and a browser reduced to its cookies.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newToken, type Scope } from '../../src/auth/tokens.js';
import { createPages } from '../../src/web/web.js';
import { type Fake, fake, PASSWORD } from './fake.js';
import { busyDay } from './fixtures.js';

export interface Served extends Fake {
  base: string;
  server: Server;
  close(): Promise<void>;
}

/** Serves createWeb with stand-ins and a busy day; `change` may alter the stand-ins before. */
export async function serve(change?: (stand: Fake) => void): Promise<Served> {
  const stand = await fake();
  stand.snapshot = busyDay(Date.now());
  change?.(stand);
  const server = createServer(createPages(stand.deps).answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // The stand-ins are written to while it runs, so they are passed on as they are, not copied.
  return Object.assign(stand, {
    base,
    server,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

export class Client {
  readonly cookies = new Map<string, string>();
  constructor(readonly base: string) {}

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0) headers.set('Cookie', [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; '));
    const answer = await fetch(`${this.base}${path}`, { redirect: 'manual', ...init, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** The token that a page's forms carry. */
  async token(path: string): Promise<string> {
    const html = await (await this.ask(path)).text();
    return /name="(?:_token" value|form-token" content)="([^"]+)"/.exec(html)?.[1] ?? '';
  }

  async post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    return this.ask(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  }

  async signIn(login: string, password: string = PASSWORD): Promise<Response> {
    return this.post('/login', { login, password, _token: await this.token('/login') });
  }
}

/** A client that is signed in. */
export async function signedIn(base: string, login: string): Promise<Client> {
  const client = new Client(base);
  const answer = await client.signIn(login);
  if (answer.status !== 303) throw new Error(`${login} could not sign in: ${answer.status}`);
  return client;
}

/** The fields of a JSON answer. */
export const json = async (answer: Response): Promise<Record<string, string>> =>
  (await answer.json()) as Record<string, string>;

/** A token for a user of the stand-ins, valid for an hour. */
export function tokenFor({ stores }: Fake, login: string, scopes: Scope[]): string {
  const { id, text, secretHash } = newToken();
  const userId = stores.rows.users.find((user) => user.login === login)?.id ?? 0;
  const times = { createdAt: Date.now(), expiresAt: Date.now() + 3_600_000, usedAt: null };
  stores.rows.tokens.set(id, { ...{ id, secretHash, userId, name: 'a test', scopes, usedFrom: '' }, ...times });
  return text;
}

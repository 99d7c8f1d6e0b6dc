// The corpus through every field that a browser or a program can fill.
import { expect } from 'chai';
import { Client, type Served, serve, signedIn, tokenFor } from '../web/serve.js';
import { CONTROL, CORPUS } from './corpus.js';

interface Door {
  name: string;
  /** Sends the text; the answers are looked at. */
  send(text: string): Promise<Response>;
}

/** Tags of a page. */
const tagsOf = (html: string) => [...html.matchAll(/<([a-z][\w-]*)/gi)].map((match) => match[1]?.toLowerCase() ?? '');
/** Those of the pages without any hostile text. */
const ALLOWED = new Set<string>();

describe('hostile text in a request', function () {
  this.timeout(120_000);
  let served: Served;
  let admin: Client;
  let lola: Client;
  let token = '';
  let forms: string[] = [];
  before(async () => {
    served = await serve();
    [admin, lola] = [await signedIn(served.base, 'admin'), await signedIn(served.base, 'lola')];
    token = await lola.token('/workstation');
    for (const path of ['/monitor', '/workstation', '/calls/pbx1-1', '/users', '/audit', '/account'])
      for (const tag of tagsOf(await (await admin.ask(path)).text())) ALLOWED.add(tag);
    const strangers = await (await new Client(served.base).ask('/login')).text();
    const nowhere = await (await admin.ask('/nowhere', { headers: { Accept: 'text/html' } })).text();
    for (const tag of [...tagsOf(strangers), ...tagsOf(nowhere)]) ALLOWED.add(tag);
    forms = [await admin.token('/users'), await lola.token('/account')];
  });
  after(() => served.close());

  const encoded = (text: string) => encodeURIComponent(Buffer.from(text).toString());
  const stranger = async (fields: Record<string, string>) => {
    const client = new Client(served.base);
    served.stores.rows.throttle.clear();
    return client.post('/login', { _token: await client.token('/login'), ...fields });
  };
  const api = (path: string, init: RequestInit = {}) => {
    const headers = { Authorization: `Bearer ${tokenFor(served, 'admin', ['live:read', 'calls:read', 'click:call'])}` };
    return new Client(served.base).ask(path, { ...init, headers: { ...headers, ...init.headers } });
  };
  const click = (fields: Record<string, string>) => lola.post('/click', { _token: token, ...fields });

  const DOORS: Door[] = [
    { name: 'login', send: (text) => stranger({ login: text, password: 'x' }) },
    { name: 'password', send: (text) => stranger({ login: 'lola', password: text }) },
    { name: 'next', send: (text) => stranger({ login: 'sabir', password: 'wrong', next: text }) },
    { name: 'form token', send: (text) => lola.post('/click', { _token: text, verb: 'pause', reason: 'lunch' }) },
    { name: 'verb', send: (text) => click({ verb: text }) },
    { name: 'number', send: (text) => click({ verb: 'call', to: text }) },
    { name: 'call', send: (text) => click({ verb: 'hangup', call: text }) },
    { name: 'operator', send: (text) => click({ verb: 'pause', operator: text, reason: 'lunch' }) },
    { name: 'reason', send: (text) => click({ verb: 'pause', operator: '112', reason: text }) },
    { name: 'a field nobody asked for', send: (text) => click({ verb: 'logout', [text || 'x']: text }) },
    { name: 'old password', send: (text) => account({ password: text, fresh: 'x', again: 'x' }) },
    { name: 'new password', send: (text) => account({ password: 'wrong', fresh: text, again: text }) },
    { name: 'path', send: (text) => lola.ask(`/${encoded(text)}`, { headers: { Accept: 'text/html' } }) },
    {
      name: 'story',
      send: (text) => admin.ask(`/calls/${encoded(text) || '-'}`, { headers: { Accept: 'text/html' } }),
    },
    { name: 'click state', send: (text) => lola.ask(`/click/${encoded(text) || '-'}`) },
    { name: 'user', send: (text) => admin.post(`/users/${encoded(text) || '-'}/logout`, { _token: forms[0] ?? '' }) },
    { name: 'audit: login', send: (text) => admin.ask(`/audit?login=${encoded(text)}`) },
    { name: 'audit: kind', send: (text) => admin.ask(`/audit?kind=${encoded(text)}`) },
    { name: 'audit: from', send: (text) => admin.ask(`/audit?from=${encoded(text)}`) },
    { name: 'audit: before', send: (text) => admin.ask(`/audit?before=${encoded(text)}`) },
    { name: 'login: next', send: (text) => new Client(served.base).ask(`/login?next=${encoded(text)}`) },
    { name: 'API: cursor', send: (text) => api(`/api/v1/calls?cursor=${encoded(text)}`) },
    { name: 'API: since', send: (text) => api(`/api/v1/calls?since=${encoded(text)}`) },
    { name: 'API: limit', send: (text) => api(`/api/v1/calls?limit=${encoded(text)}`) },
    { name: 'API: call', send: (text) => api(`/api/v1/calls/${encoded(text) || '-'}`) },
    {
      name: 'API: number',
      send: (text) => {
        const body = JSON.stringify({ to: text });
        return api('/api/v1/calls', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
      },
    },
    {
      name: 'API: token',
      send: (text) => {
        const one = text.replace(/[^\u0020-\u007e]/g, '');
        return new Client(served.base).ask('/api/v1/live', { headers: { Authorization: `Bearer ${one}` } });
      },
    },
  ];
  const account = (fields: Record<string, string>) => {
    served.stores.rows.throttle.clear();
    return lola.post('/account/password', { _token: forms[1] ?? '', ...fields });
  };

  for (const door of DOORS) {
    it(`${door.name}: answered or refused, never broken, never repeated as anything but text`, async () => {
      for (const { name, text } of CORPUS) {
        const answer = await door.send(text);
        expect(answer.status, name).to.be.lessThan(500);
        expect(answer.headers.get('set-cookie') ?? '', name).not.to.include('x=y');
        const body = await answer.text();
        if ((answer.headers.get('content-type') ?? '').includes('html')) {
          const strange = tagsOf(body).filter((tag) => !ALLOWED.has(tag));
          expect(strange, name).to.deep.equal([]);
          expect(body, name).not.to.match(/<script>|\son[a-z]+=["']?window/);
        } else if (body !== '') JSON.parse(body);
      }
    });
  }

  it('sent nothing to the PBX but numbers and names', () => {
    for (const { args } of served.clicks)
      for (const value of Object.values(args)) expect(value).to.match(/^[A-Za-z0-9+*# _-]{1,40}$/);
  });

  it('is in the log neither as it came nor as a line of its own', () => {
    const log = JSON.stringify(served.logged);
    for (const { name, text } of CORPUS)
      if (text.trim().length > 3) expect(log.includes(JSON.stringify(text).slice(1, -1)), name).to.equal(false);
    for (const { text } of served.logged) expect(text).not.to.match(CONTROL);
  });

  it('stands in the audit page as text', async () => {
    served.stores.rows.audit.length = 0;
    for (const { text } of CORPUS) {
      const line = { at: 0, userId: 1, login: text, kind: 'click' as const, target: text, detail: text, address: text };
      await served.stores.audit.note(line);
    }
    const html = await (await admin.ask('/audit')).text();
    expect(tagsOf(html).filter((tag) => !ALLOWED.has(tag))).to.deep.equal([]);
    expect(html.match(/<tr>/g)).to.have.length(CORPUS.length + 1);
  });
});

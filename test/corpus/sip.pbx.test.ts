// The corpus through a real phone: as the caller's name and number, over SIP, Asterisk, the dialplan and FastAGI, to the tables, the
// pages, the log and the names of recordings.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { answerAfter, type Phone, rejectWith } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { hashPassword } from '../../src/auth/password.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { createUser } from '../../src/store/users.js';
import { Client } from '../web/serve.js';
import { CONTROL, CORPUS } from './corpus.js';

const PASSWORD = 'a password of this test';

interface Row {
  call_id: string;
  caller_name: string;
  caller_number: string;
  outcome: string;
}

/** What a header of one datagram can hold: a line break would end the header, and is tried as what it becomes. */
const SENDABLE = CORPUS.filter(({ text }) => text.trim() !== '' && !/[\r\n\0]/.test(text) && text.length < 1_000);
const INJECTED = CORPUS.filter(({ text }) => /[\r\n]/.test(text));

describe('hostile names and numbers of callers, from a real phone to the pages', function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let server: Server;
  let db: Db;
  let trunk: Phone;
  let operator: Phone;

  before(async () => {
    const agiPort = String(await freePort());
    pbx = await startSamplePbx({ agi: `127.0.0.1:${agiPort}` });
    server = await startServer({
      env: {
        DIALHOOK_AGI_PORT: agiPort,
        DIALHOOK_PBX: pbx.pbx,
        DIALHOOK_LOG_PRETTY: 'false',
        DIALHOOK_LOG_LEVEL: 'info',
        // Who hangs up while a hook waits for the server opens the breaker: the lines after it come by the spool.
        DIALHOOK_SPOOL_FILE: pbx.spoolPath,
      },
    });
    db = openDatabase(`sqlite:${join(server.dataDir, 'dialhook.sqlite')}`);
    const passwordHash = await hashPassword(PASSWORD);
    await createUser(
      db,
      { login: 'boss', name: 'Boss', role: 'administrator', operator: '', passwordHash },
      Date.now(),
    );
    operator = await pbx.phone('101', { autoAnswer: false });
    trunk = await pbx.trunk();
  });
  after(async () => {
    await db?.close();
    await server?.stop();
    await pbx?.remove();
  });

  const rows = async (): Promise<Row[]> => (await db.knex('cdr_calls').orderBy('started_at')) as Row[];
  /** The row of one more call, that was refused by the operator's phone. */
  async function place(from: { number: string; name?: string }, to = '5551101'): Promise<Row> {
    const before = (await rows()).length;
    const call = trunk.call(to, { from });
    try {
      const all = await until(
        async () => {
          const now = await rows();
          return now.length > before && now;
        },
        { what: `the row of ${JSON.stringify(from)}`, deadline: 10_000 },
      );
      const row = all.at(-1);
      if (row === undefined) throw new Error('no row');
      return row;
    } finally {
      await call.hangup().catch(() => undefined);
    }
  }

  it('names come into the tables as they were sent, as far as a name is long', async () => {
    operator.reset(rejectWith(486));
    const wrong: string[] = [];
    for (const { name, text } of SENDABLE) {
      const row = await place({ number: '5550142', name: text });
      // Asterisk's SIP stack leaves the backslashes before quotes where the phone wrote them; what steers a terminal does not pass.
      const bare = (one: string) => one.replace(/[\p{Cc}\u2028\u2029\s]/gu, '');
      const sent = bare(Buffer.from(text.replace(/[\\"]/g, '\\$&')).toString());
      // A name is cut at 80 characters; what is cut in the middle of a character ends before it.
      const kept = bare(row.caller_name.replace(/\ufffd+$/, ''));
      expect(row.caller_name.match(CONTROL)?.[0] ?? '\u0085', name).to.match(/[\u0080-\u009f\u2028\u2029]/);
      if (!sent.startsWith(kept) || (sent.length <= 40 && kept !== sent))
        wrong.push(`${name}: ${JSON.stringify(row.caller_name)}`);
    }
    expect(wrong).to.deep.equal([]);
  });

  it('numbers come into the tables, and none of them anywhere else', async () => {
    operator.reset(rejectWith(486));
    for (const { name, text } of SENDABLE.filter((one) => one.text.length < 60 && one.name !== 'half a pair')) {
      const row = await place({ number: text });
      expect(row.caller_number, name).not.to.match(/[\r\n\0]/);
      expect(row.outcome, name).to.be.oneOf(['busy', 'rejected', 'no_answer', 'abandoned']);
    }
    const tables = await db.knex('rt_calls');
    expect(tables).to.deep.equal([]);
    expect(await db.knex('rejected_events')).to.deep.equal([]);
  });

  it('a line break in a name ends a header and no more: the call is told or refused, and nothing else happens', async () => {
    operator.reset(rejectWith(486));
    for (const { text } of INJECTED) {
      const call = trunk.call('5551101', { from: { number: '5550142', name: text } });
      // Asterisk drops such a message without a word, or takes what is left of it: then a call after it is told as ever.
      await call.hangup().catch(() => undefined);
    }
    const call = trunk.call('5551101', { from: { number: '5550199', name: 'after them' } });
    const told = async () => (await rows()).find((row) => row.caller_number === '5550199');
    const row = await until(told, {
      deadline: 20_000,
      what: () => `the row of the call after them; the phone saw ${JSON.stringify(trunk.log.events.slice(-12))}`,
    });
    expect(row.caller_name).to.equal('after them');
    await call.hangup().catch(() => undefined);
    await until(async () => (await db.knex('rt_calls')).length === 0, { what: 'no call runs', deadline: 20_000 });
  });

  it('a recording is named by the call, whoever calls', async () => {
    operator.reset(answerAfter(50));
    await pbx.cli('queue add member PJSIP/101 to sales');
    for (const text of ['../../../../etc/passwd', '$' + '{SHELL(id)}', 'CON|NUL:*?.wav', "a'; rm -rf /"]) {
      const call = trunk.call('5555000', { from: { number: text, name: text } });
      await call.answered(8000);
      await call.hangup();
    }
    await pbx.cli('queue remove member PJSIP/101 from sales');
    const told = await until(
      async () => {
        const lines = (await db.knex('events').where({ event: 'record' })) as { line: string }[];
        return lines.length >= 4 && lines;
      },
      { what: 'four recordings', deadline: 10_000 },
    );
    for (const { line } of told) {
      const file = new URLSearchParams(line).get('file') ?? /file=([^& ]+)/.exec(line)?.[1] ?? '';
      expect(decodeURIComponent(file)).to.match(/^\d{4}\/\d\d\/\d\d\/[A-Za-z0-9._-]+\.wav$/);
    }
  });

  it('every page shows them as text', async () => {
    const boss = new Client(server.web);
    const login = await boss.post('/login', { login: 'boss', password: PASSWORD, _token: await boss.token('/login') });
    expect(login.status).to.equal(303);
    const all = await rows();
    expect(all.length).to.be.greaterThan(60);
    const plain = await (await boss.ask(`/calls/${encodeURIComponent(all.at(-1)?.call_id ?? '')}`)).text();
    const tags = (html: string) => new Set([...html.matchAll(/<([a-z][\w-]*)/gi)].map((match) => match[1]));
    const allowed = tags(plain);
    for (const extra of ['br', 'abbr', 'p', 'kbd']) allowed.add(extra);
    for (const { call_id: id, caller_name: name } of all) {
      const answer = await boss.ask(`/calls/${encodeURIComponent(id)}`);
      expect(answer.status, name).to.equal(200);
      const html = await answer.text();
      expect(
        [...tags(html)].filter((tag) => !allowed.has(tag)),
        name,
      ).to.deep.equal([]);
      expect(html, name).not.to.match(/<script>|<img|<iframe|\son[a-z]+=["']?window/i);
    }
  });

  it('the log has none of them, and each of its lines is one', () => {
    const output = server.child.output();
    const lines = output.split('\n').filter((line) => line.trim().startsWith('{'));
    expect(lines.length).to.be.greaterThan(0);
    for (const line of lines) {
      JSON.parse(line);
      expect(line).not.to.match(CONTROL);
    }
    for (const { name, text } of SENDABLE)
      if (text.length > 6 && !/^[\s\w]*$/.test(text)) expect(output.includes(text), name).to.equal(false);
    expect(output).not.to.match(/5550142|5550199/);
  });

  it('no name became a file', () => {
    const names = readdirSync(server.dataDir, { recursive: true, encoding: 'utf8' });
    for (const name of names) expect(name).to.match(/^[A-Za-z0-9._/-]+$/);
  });
});

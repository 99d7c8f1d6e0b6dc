// The corpus through the tables: what is written comes back as it was, in every column that people fill, on both databases.
import { expect } from 'chai';
import { formatLine, parseLine } from '../../src/call/event.js';
import { applyBatch, newMemory } from '../../src/record/apply.js';
import { readStory } from '../../src/serve/story.js';
import { changeThrottle, findToken, listAudit, saveAudit, saveToken } from '../../src/store/access.js';
import { findClick, saveClick } from '../../src/store/clicks.js';
import { findClient, saveClients } from '../../src/store/clients.js';
import { snapshotReader } from '../../src/store/snapshot.js';
import { createUser, findUserById, findUserByLogin } from '../../src/store/users.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';
import { T0 } from '../stories/story.js';
import { CORPUS } from './corpus.js';

const start = {
  ...{ server: 'x', segment: 1, offset: 0, events: 0, repeated: 0, rejected: 0, lastEventAt: null, appliedAt: T0 },
};
/** Half a pair is no character, and a NUL ends a text for SQLite's driver: both are kept as the sign for what is not known. */
const whole = (text: string) => Buffer.from(text.replaceAll('\0', '\ufffd')).toString();
const short = (text: string, length: number) => [...whole(text)].slice(0, length).join('');

for (const dialect of DIALECTS) {
  describe(`hostile text in the tables on ${dialect}`, function () {
    this.timeout(120_000);
    let database: TestDb;
    before(async () => {
      database = await emptyDatabase(dialect);
    });
    after(() => database.remove());

    it('names of users and clients, the audit, tokens, clicks', async () => {
      const { db } = database;
      for (const [i, { name, text }] of CORPUS.entries()) {
        const [word, line] = [short(text, 80), short(text, 200)];
        const user = { login: `u${i}`, name: line, role: 'operator' as const, operator: word, passwordHash: 'h' };
        const id = await createUser(db, user, T0);
        expect(await findUserById(db, id), name).to.deep.include({ name: line, operator: word });
        await findUserByLogin(db, whole(text));
        const client = { number: `+99800${String(i).padStart(7, '0')}`, name: line, company: line, vip: false };
        await saveClients(db, [client]);
        expect(await findClient(db, client.number), name).to.deep.equal(client);
        const row = { at: T0 + i, userId: 1, login: text, kind: 'click', target: text, detail: text, address: text };
        await saveAudit(db, row);
        const [told] = await listAudit(db, { limit: 1 });
        expect(told, name).to.include({
          login: word,
          target: short(text, 255),
          detail: short(text, 255),
          address: word,
        });
        await listAudit(db, { login: whole(text), limit: 1 });
        const token = { id: `t${i}`, secretHash: 'h', userId: id, name: line, scopes: ['live:read'], createdAt: T0 };
        await saveToken(db, { ...token, expiresAt: T0, usedAt: null, usedFrom: '' });
        expect((await findToken(db, `t${i}`))?.name, name).to.equal(line);
        const click = {
          id: `c${i}`,
          userId: id,
          login: `u${i}`,
          verb: 'call',
          operator: word,
          target: line,
          sentAt: T0,
        };
        const rest = { deadlineAt: T0, state: 'failed' as const, result: '', error: line, changedAt: T0 };
        await saveClick(db, { ...click, ...rest });
        expect(await findClick(db, `c${i}`), name).to.include({ target: line, error: line, operator: word });
        await changeThrottle(db, [`k${i}`], T0, () => 0);
      }
      // The tables that the texts speak of are still there, and no text became another row.
      expect(await db.knex('users').count({ n: '*' }).first()).to.deep.equal({ n: CORPUS.length });
      expect(await db.knex('rt_calls')).to.deep.equal([]);
    });

    it('what a caller sends, from the event line to the monitor and the story', async () => {
      const { db } = database;
      const memory = newMemory();
      const refused: string[] = [];
      const sent: { call: string; name: string; text: string }[] = [];
      for (const [i, { name, text }] of CORPUS.entries()) {
        const call = `pbx1-${i}.1`;
        const line = formatLine({
          ...{ v: 1, id: `e${i}`, at: T0 + i, pbx: 'pbx1', call, event: 'call', channel: `PJSIP/trunk-${i}` },
          ...{ uniqueid: `${i}.1`, linkedid: `${i}.1`, direction: 'in', from: short(text, 80), name: short(text, 80) },
          ...{ to: short(text, 80), trunk: 'trunk' },
        });
        expect(line, name).not.to.match(/[\r\n\0]/);
        const parsed = parseLine(line);
        if (!parsed.ok) refused.push(name);
        else if (parsed.event.event === 'call') sent.push({ call, name, text: parsed.event.name });
        const refusal = parsed.ok ? '' : parsed.refusal.reason;
        await applyBatch(db, memory, [{ line, receivedAt: T0 + i, refusal }], start);
      }
      expect(refused, 'kept as refused, with the reason').to.have.length.below(CORPUS.length / 4);
      expect(sent.length).to.be.greaterThan(30);
      const now = await snapshotReader(db, 'UTC', async () => 0)(T0 + 60_000);
      for (const { call, name, text } of sent) {
        const seen = now.calls.find((one) => one.call === call);
        expect([seen?.from, seen?.to], name).to.deep.equal([text, text]);
        expect((await readStory(db, call))?.call, name).to.include({ from: text, name: text });
      }
    });
  });
}

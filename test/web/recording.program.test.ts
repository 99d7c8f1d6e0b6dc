// Listening over HTTP: pieces, refusals, who may, what is written down, and that no path leads out.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { scan } from '../../src/recordings/scan.js';
import { listeningIn } from '../../src/serve/listening.js';
import { recordingsOfCalls } from '../../src/store/recordings.js';
import { CORPUS } from '../corpus/corpus.js';
import { DAY, freepbxPath, put } from '../recordings/trees.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { type Client, type Served, serve, signedIn } from './serve.js';

const NUMBER = '998001234567';
const AT = Date.now() - 3 * DAY;
const SOUND = Array.from({ length: 5000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
const PATH = freepbxPath(AT, `q-400-${NUMBER}`);

describe('listening to a recording', () => {
  let test: TestDb;
  let root: string;
  let served: Served;
  let supervisor: Client;
  let id: string;
  const idOf = async (path: string) =>
    (await recordingsOfCalls(test.db, ['pbx1-a', ''])).find((one) => one.path === path)?.id ?? 'none';

  before(async () => {
    test = await emptyDatabase('sqlite');
    root = temporaryFolder('recordings');
    put(root, PATH, AT, SOUND);
    put(root, 'a.gsm', AT, SOUND);
    put(root, 'empty.wav', AT, '');
    put(root, 'growing.wav', Date.now(), SOUND);
    put(root, 'purged.wav', AT, SOUND);
    put(root, 'gone.wav', AT, SOUND);
    put(root, 'day/link.wav', AT, SOUND);
    put(root, 'pipe.wav', AT, SOUND);
    await scan({ db: test.db, pbx: 'pbx1', root });
    await test.db.knex('recordings').where({ path: PATH }).update({ call_id: 'pbx1-a' });
    await test.db
      .knex('recordings')
      .where({ path: 'purged.wav' })
      .update({ state: 'purged', gone_why: '90 days', call_id: 'pbx1-a' });
    rmSync(join(root, 'gone.wav'));
    rmSync(join(root, 'purged.wav'));
    served = await serve((stand) => {
      stand.deps.recordings = listeningIn(test.db, root);
    });
    supervisor = await signedIn(served.base, 'sabir');
    id = await idOf(PATH);
  });
  after(async () => {
    await served.close();
    await test.remove();
    removeFolder(root);
  });
  const ask = (asked: string, headers: Record<string, string> = {}, query = '') =>
    supervisor.ask(`/recordings/${asked}${query}`, { headers });

  it('gives all of it, or the piece that is asked for', async () => {
    const whole = await ask(id);
    expect([whole.status, whole.headers.get('content-type'), whole.headers.get('content-length')]).to.deep.equal([
      ...[200, 'audio/wav', '5000'],
    ]);
    expect([whole.headers.get('accept-ranges'), whole.headers.get('cache-control')]).to.deep.equal([
      'bytes',
      'no-store',
    ]);
    expect(await whole.text()).to.equal(SOUND);
    for (const [range, from, to] of [
      ['bytes=0-99', 0, 99],
      ['bytes=4990-', 4990, 4999],
      ['bytes=-10', 4990, 4999],
      ['bytes=100-999999', 100, 4999],
    ] as const) {
      const piece = await ask(id, { Range: range });
      expect([piece.status, piece.headers.get('content-range')]).to.deep.equal([206, `bytes ${from}-${to}/5000`]);
      expect(await piece.text(), range).to.equal(SOUND.slice(from, to + 1));
    }
    const beyond = await ask(id, { Range: 'bytes=5000-' });
    expect([beyond.status, beyond.headers.get('content-range')]).to.deep.equal([416, 'bytes */5000']);
    // What can't be read, and what asks for several pieces, or on a condition: all of it.
    for (const headers of [
      { Range: 'lines=1-2' },
      { Range: 'bytes=0-1,5-6' },
      { Range: 'bytes=0-1', 'If-Range': '"x"' },
    ])
      expect((await (await ask(id, headers as Record<string, string>)).text()).length).to.equal(5000);
    const head = await supervisor.ask(`/recordings/${id}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).to.deep.equal([200, '5000', '']);
  });

  it('is given under a name that does not tell the number', async () => {
    const taken = await ask(id, {}, '?take=1');
    expect(taken.headers.get('content-disposition')).to.equal('attachment; filename="pbx1-a.wav"');
    const gsm = await ask(await idOf('a.gsm'), {}, '?take=1');
    expect([gsm.headers.get('content-type'), gsm.headers.get('content-disposition')]).to.deep.equal([
      ...['audio/gsm', 'attachment; filename="recording.gsm"'],
    ]);
  });

  it('is written down once for each listening, whatever pieces a player asks for', async () => {
    const rows = served.stores.rows.audit.filter((row) => row.target === 'pbx1-a');
    expect(rows.map(({ kind, login }) => `${kind} ${login}`)).to.deep.equal([
      'recording_heard sabir',
      'recording_taken sabir',
    ]);
    const admin = await signedIn(served.base, 'admin');
    await admin.ask(`/recordings/${id}`, { headers: { Range: 'bytes=4000-4001' } });
    expect(
      served.stores.rows.audit.filter((row) => row.login === 'admin' && row.kind === 'recording_heard'),
    ).to.have.length(1);
  });

  it('says what is gone, deleted, being written or unknown', async () => {
    const status = async (path: string) => (await ask(await idOf(path))).status;
    expect(await status('gone.wav')).to.equal(410);
    expect(await status('purged.wav')).to.equal(410);
    expect(await status('growing.wav')).to.equal(409);
    expect(await status('nowhere.wav')).to.equal(404);
    const empty = await ask(await idOf('empty.wav'));
    expect([empty.status, await empty.text()]).to.deep.equal([200, '']);
  });

  it('opens nothing by a path, a link, or a file that became one', async () => {
    const tries = ['../../etc/passwd', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', '/etc/passwd', PATH, encodeURIComponent(PATH)];
    for (const text of [...tries, ...CORPUS.map((one) => encodeURIComponent(Buffer.from(one.text).toString()))]) {
      const answer = await ask(text);
      expect(answer.status, text.slice(0, 60)).to.be.oneOf([400, 404]);
      expect(await answer.text()).not.to.include('root:');
    }
    const [link, pipe] = [await idOf('day/link.wav'), await idOf('pipe.wav')];
    renameSync(join(root, 'day'), join(root, 'other'));
    symlinkSync('/etc', join(root, 'day'));
    rmSync(join(root, 'pipe.wav'));
    symlinkSync('/etc/passwd', join(root, 'pipe.wav'));
    expect((await ask(link)).status).to.equal(404);
    expect((await ask(pipe)).status).to.equal(404);
    // A path in the tables that leads out opens nothing either: whoever may write there must not read files with it.
    for (const path of ['../../../etc/passwd', '/etc/passwd', 'a/../../x.wav', '']) {
      await test.db.knex('recordings').where({ id: link }).update({ path });
      expect((await ask(link)).status, path).to.equal(404);
    }
  });

  it('is for supervisors: an operator gets 403, and nobody 401', async () => {
    const operator = await signedIn(served.base, 'lola');
    expect((await operator.ask(`/recordings/${id}`)).status).to.equal(403);
    expect((await fetch(`${served.base}/recordings/${id}`)).status).to.equal(401);
  });

  it('goes on when a player breaks off, and ends when the file is cut', async () => {
    writeFileSync(join(root, 'long.wav'), Buffer.alloc(8_000_000, 'a'));
    mkdirSync(join(root, 'x'));
    put(root, 'long.wav', AT, 'a'.repeat(8_000_000));
    await scan({ db: test.db, pbx: 'pbx1', root });
    const long = await idOf('long.wav');
    for (let i = 0; i < 20; i += 1) {
      const stop = new AbortController();
      const answer = await supervisor.ask(`/recordings/${long}`, { signal: stop.signal });
      await answer.body?.getReader().read();
      stop.abort();
    }
    expect((await (await ask(id)).text()).length).to.equal(5000);
    expect(served.logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('stands on the page of its call, with what became of each file, and the mark', async () => {
    const page = await (await supervisor.ask('/calls/pbx1-a')).text();
    expect(page).to.include(`src="/recordings/${id}"`).and.include('Deleted').and.include('(90 days)');
    expect(page).not.to.include(NUMBER);
    const token = await supervisor.token('/calls/pbx1-a');
    const kept = await supervisor.post('/calls/pbx1-a/keep', { _token: token, why: '<b>claim 17</b>' });
    expect([kept.status, kept.headers.get('location')]).to.deep.equal([303, '/calls/pbx1-a']);
    expect(await (await supervisor.ask('/calls/pbx1-a')).text())
      .to.include('Kept by sabir')
      .and.include('&lt;b&gt;claim 17&lt;/b&gt;');
    await supervisor.post('/calls/pbx1-a/keep', { _token: token, keep: 'no' });
    expect(await (await supervisor.ask('/calls/pbx1-a')).text()).not.to.include('Kept by');
    const marks = served.stores.rows.audit.filter(
      ({ kind }) => kind.startsWith('recording_') && !/heard|taken/.test(kind),
    );
    expect(marks.map(({ kind }) => kind)).to.deep.equal(['recording_kept', 'recording_released']);
    const operator = await signedIn(served.base, 'lola');
    expect(await (await operator.ask('/calls/pbx1-a')).text()).not.to.include('/recordings/');
  });
});

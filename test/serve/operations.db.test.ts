// /health and /metrics of a whole server, under events whose names are hostile.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { freePort } from '../../scripts/lab/ports.js';
import { until } from '../../scripts/lab/wait.js';
import { hashPassword } from '../../src/auth/password.js';
import { formatLine } from '../../src/call/event.js';
import { createLog } from '../../src/log/log.js';
import { type Server, serve } from '../../src/serve/serve.js';
import { openDatabase } from '../../src/store/database.js';
import { createUser } from '../../src/store/users.js';
import { dial, hangupAll } from '../agi/client.js';
import { testConfig } from '../stories/centre.js';
import { allStories } from '../stories/story.js';
import { PASSWORD } from '../web/fake.js';
import { signedIn } from '../web/serve.js';

const SAMPLE =
  /^([a-z_][a-z0-9_]*)(\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? (-?[0-9.e+-]+|NaN|\+Inf)$/i;

/** Reads the text as strictly as Prometheus does: one HELP and TYPE a family, no sample twice, every line well formed. */
function readMetrics(text: string): Map<string, number> {
  const found = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (name && type) {
      expect(types.has(name), `${name} has one type`).to.equal(false);
      types.set(name, type);
      continue;
    }
    const [, sample = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
    expect(sample, line).not.to.equal('');
    const family = types.has(sample) ? sample : sample.replace(/_(bucket|sum|count)$/, '');
    expect(types.has(family), `${sample} belongs to a family`).to.equal(true);
    expect(found.has(sample + labels), `${sample}${labels} once`).to.equal(false);
    found.set(sample + labels, Number(value));
  }
  return found;
}

/** Adds bytes to a file; false when they do not fit. */
function fits(path: string, bytes: number): boolean {
  try {
    writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
    return true;
  } catch {
    return false;
  }
}

describe('operations of a server', function () {
  this.timeout(120_000);
  let folder: string;
  let stopping: AbortController;
  let running: Server | null;
  const start = async (more: Record<string, string> = {}, url = `sqlite:${folder}/db.sqlite`) => {
    const config = testConfig(folder, url, { LOG_LEVEL: 'silent', ...more });
    running = await serve(config, createLog({ level: 'silent', pretty: false }), () => undefined, stopping.signal);
    return running;
  };
  const ask = async (path: string, port = running?.web?.port) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  const metrics = async (port?: number) => readMetrics((await ask('/metrics', port ?? running?.web?.port)).text);
  const checks = async (path: string) => {
    const { status, text } = await ask(path);
    const all = JSON.parse(text).checks as Record<string, { ok: boolean; text?: string }>;
    return {
      status,
      failed: Object.fromEntries(Object.entries(all).flatMap(([k, v]) => (v.ok ? [] : [[k, v.text]]))),
      all,
    };
  };
  const story = allStories().find((s) => s.file.startsWith('07-'));
  const hostile = 'Ann"} 1\nevil{a="b"} 7 555-0199';
  const lines = (story?.events ?? []).map((event) =>
    formatLine({ ...event, v: 1, ...('name' in event && { name: hostile }) }),
  );

  beforeEach(() => {
    folder = temporaryFolder('operations');
    stopping = new AbortController();
    running = null;
  });
  afterEach(async () => {
    hangupAll();
    stopping.abort();
    await running?.stop();
    removeFolder(folder);
  });

  it('tells in figures what happened, in text that Prometheus reads, and nothing of the callers', async () => {
    const spool = join(folder, 'spool', 'events');
    mkdirSync(join(folder, 'spool'));
    const server = await start({ SPOOL_FILE: spool });
    await server.tables;
    const [first = '', ...rest] = lines;
    for (const line of rest) await dial({ port: server.agi?.port ?? 0, request: '/event', args: [line] }).serve();
    await dial({ port: server.agi?.port ?? 0, request: '/nothing-of-ours-5550123', args: [] }).serve();
    writeFileSync(spool, `${first}\nno event at all\n`);
    await until(async () => (await metrics()).get('dialhook_spool_lines_total') === 2, { what: 'the spool is taken' });
    await server.recorder?.loop.settled(10_000);
    await until(async () => (await metrics()).get('dialhook_hook_seconds_count{path="other"}') === 1, {
      what: 'the thread of the door has told its counts',
    });
    await until(async () => (await metrics()).has('dialhook_calls{state="talking"}'), { what: 'the pages show calls' });
    const now = await metrics();
    const sum = (name: string) => [...now].reduce((all, [key, n]) => (key.startsWith(`${name}{`) ? all + n : all), 0);
    expect(sum('dialhook_events_total')).to.equal(lines.length);
    expect(now.get('dialhook_events_total{kind="call",source="hook"}')).to.equal(1);
    expect(now.get('dialhook_events_rejected_total')).to.equal(1);
    expect(now.get('dialhook_hook_seconds_count{path="/event"}')).to.equal(rest.length);
    expect(now.get('dialhook_hook_seconds_bucket{path="/event",le="+Inf"}')).to.equal(rest.length);
    expect(now.get('dialhook_agi_troubles_total{trouble="unknown_path"}')).to.equal(1);
    expect(now.get('dialhook_agi_sessions_limit')).to.equal(1000);
    expect(now.get('dialhook_behind_seconds')).to.equal(0);
    expect(now.get('dialhook_journal_behind_bytes')).to.equal(0);
    expect(now.get('dialhook_journal_dropped_lines')).to.equal(0);
    expect(now.get('dialhook_spool_bytes')).to.equal(0);
    expect(now.get('dialhook_journal_bytes')).to.be.greaterThan(1000);
    expect(now.get('dialhook_watchdog_watched')).to.equal(0);
    expect(now.has('dialhook_ami_up'), 'the manager interface is off').to.equal(false);
    expect(now.get('process_cpu_seconds_total')).to.be.greaterThan(0);
    // In the names and labels; a figure may hold any digits.
    const told = [...now.keys()].join('\n');
    for (const personal of ['555', 'Ann', 'evil', 'sales', '998', '101'])
      expect(told, personal).not.to.contain(personal);
    expect(now.size).to.be.lessThan(400);
    // Counted by the pattern of the route, whatever was asked for.
    await ask('/calls/pbx1-1700000000.1');
    await ask('/nowhere/5550123');
    const later = await metrics();
    expect(later.get('dialhook_web_request_seconds_count{route="/calls/:id",status="302"}')).to.be.greaterThan(0);
    expect(later.get('dialhook_web_request_seconds_count{route="other",status="404"}')).to.equal(1);
  });

  it('is ready when all it needs is there', async () => {
    const server = await start();
    await server.tables;
    await until(async () => (await checks('/health/ready')).status === 200, { what: 'the server is ready' });
    const { all } = await checks('/health/ready');
    expect(Object.keys(all).sort()).to.deep.equal(['agi', 'door', 'journal', 'main', 'running', 'tables']);
    expect(await checks('/health/live')).to.deep.include({ status: 200, failed: {} });
  });

  it('is alive, but not ready, without its database; names no user and no place', async () => {
    const port = await freePort();
    await start({}, `mysql://somebody:secret@127.0.0.1:${port}/calls`);
    const ready = await checks('/health/ready');
    expect(ready.status).to.equal(503);
    expect(ready.failed).to.deep.equal({ tables: 'the database does not answer; events wait in the journal' });
    expect((await checks('/health/live')).status).to.equal(200);
    const now = await metrics();
    expect(now.get('dialhook_database_up')).to.equal(0);
    for (const unknown of [
      'dialhook_behind_seconds',
      'dialhook_events_rejected_total',
      'dialhook_calls{state="talking"}',
    ])
      expect(now.has(unknown), `${unknown} is not known`).to.equal(false);
  });

  it('is not ready where the FastAGI port is taken', async () => {
    const port = await freePort();
    const other = temporaryFolder('operations-other');
    const holder = await serve(
      testConfig(other, `sqlite:${other}/db.sqlite`, { AGI_PORT: String(port), LOG_LEVEL: 'silent' }),
      createLog({ level: 'silent', pretty: false }),
      () => undefined,
      new AbortController().signal,
    );
    const web = await freePort();
    const starting = start({ AGI_PORT: String(port), WEB_PORT: String(web) });
    await until(
      () =>
        ask('/health/ready', web).then(
          ({ text }) => text.includes('does not listen'),
          () => false,
        ),
      {
        what: 'the FastAGI server is said not to listen',
      },
    );
    await holder.stop();
    await starting;
    await until(async () => (await checks('/health/ready')).failed['agi'] === undefined, { what: 'it listens now' });
    removeFolder(other);
  });

  it('raises the alarm everywhere when the disk of the journal is full, and takes it back', async function () {
    const disk = join(folder, 'small');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status === 0;
    // Only root may mount a small disk; who is not has the journal's own tests with a disk that refuses.
    if (!mounted) return this.skip();
    try {
      const server = await start({ DATA_DIR: disk });
      await server.tables;
      const db = openDatabase(`sqlite:${folder}/db.sqlite`);
      const user = { login: 'sabir', name: 'Sabir', role: 'supervisor' as const, operator: '' };
      await createUser(db, { ...user, passwordHash: await hashPassword(PASSWORD) }, Date.now());
      await db.close();
      const browser = await signedIn(`http://127.0.0.1:${server.web?.port}`, 'sabir');
      const alarm = async () => (await browser.ask('/monitor/live')).headers.get('dialhook-journal');
      expect(await alarm()).to.equal('');
      const ballast = join(disk, 'ballast');
      for (let size = 1 << 20; size >= 1; size >>= 1) while (fits(ballast, size));
      // What lies in the last block of the journal's file still fits.
      let refused = 0;
      for (let n = 0; refused < 3 && n < 100; n += 1) {
        const line = (lines[0] ?? '').replace(/id=[^&]+/, `id=full-${n}`);
        const said = await dial({ port: server.agi?.port ?? 0, request: '/event', args: [line] }).serve();
        if (!said.includes('SET VARIABLE "DH_ACK" "1"')) refused += 1;
      }
      expect(refused, 'the hooks do not confirm what is not on disk').to.equal(3);
      await until(async () => (await alarm()) === '1,3,0,', { what: 'the pages raise the alarm' });
      const now = await metrics();
      expect([now.get('dialhook_journal_writable'), now.get('dialhook_journal_kept_lines')]).to.deep.equal([0, 3]);
      const ready = await checks('/health/ready');
      expect(ready.failed).to.deep.equal({ journal: 'the disk does not take the journal' });
      expect((await checks('/health/live')).status).to.equal(200);
      rmSync(ballast);
      await until(async () => (await alarm()) === '', { what: 'the alarm is taken back' });
      await until(async () => (await checks('/health/ready')).status === 200, { what: 'the server is ready again' });
      expect((await metrics()).get('dialhook_journal_dropped_lines')).to.equal(0);
    } finally {
      await running?.stop();
      running = null;
      spawnSync('umount', ['-l', disk]);
    }
  });

  it('answers at a port of its own where no pages are served', async () => {
    const port = await freePort();
    const server = await start({ ROLES: 'agi,apply', OPERATIONS_PORT: String(port) });
    await server.tables;
    expect(server.web).to.equal(null);
    await until(
      () =>
        ask('/health/ready', port).then(
          ({ status }) => status === 200,
          () => false,
        ),
      { what: 'ready' },
    );
    const now = await metrics(port);
    expect(now.get('dialhook_up')).to.equal(1);
    expect(now.has('dialhook_calls{state="talking"}'), 'who serves no pages looks at no calls').to.equal(false);
    expect((await ask('/monitor', port)).status).to.equal(404);
  });

  it('needs no door and no journal where only the pages are served', async () => {
    await start({ ROLES: 'web' });
    await until(async () => (await checks('/health/ready')).status === 200, { what: 'the pages are ready' });
    expect(Object.keys((await checks('/health/ready')).all).sort()).to.deep.equal(['main', 'running', 'tables']);
    expect((await metrics()).has('dialhook_journal_bytes')).to.equal(false);
  });
});

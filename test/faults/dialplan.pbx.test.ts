// The dialplan's side of a server that fails: at every hook of a call, in every manner. The caller's own clock shows the delay;
// every line was confirmed or lies in the spool, once; and `dialhook spool` brings what lies there.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter, type Phone } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { runDialhook } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { idOf } from './truth.js';
import { type Manner, WATCHDOG_MS, type Wavering, waveringServer } from './wavering.js';

/** A direct call tells six times: call, dial, ring, answer, and both ends. */
const HOOKS = ['call', 'dial', 'ring', 'answer', 'end', 'end'];
const BOUND_MS = 1000;
/** What the phones and the machine may add to any call. */
const SLACK_MS = 1500;
const ANSWER_MS = 100;
const TRIES = 3;

/** How long the caller waited for the answer, and for the end of the other side, ms. */
interface Took {
  answer: number;
  end: number;
}

describe(`a server that fails at any hook, Asterisk ${wantedVersion()}`, function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let server: Wavering;
  let port: number;
  let [caller, called] = [] as unknown as [Phone, Phone];

  before(async () => {
    port = await freePort();
    server = await waveringServer(port);
    pbx = await startSamplePbx({ agi: `127.0.0.1:${port}` });
    caller = await pbx.phone('103');
    called = await pbx.phone('101', { plan: answerAfter(ANSWER_MS) });
  });
  after(async () => {
    await server?.close();
    await pbx?.remove();
  });

  const spooled = () =>
    existsSync(pbx.spoolPath) ? readFileSync(pbx.spoolPath, 'utf8').trim().split('\n').filter(Boolean) : [];
  const kinds = (lines: readonly string[]) => lines.map((line) => new URLSearchParams(line).get('event') ?? '').sort();

  async function call(): Promise<Took> {
    await pbx.cli('dialplan set global DH_SKIP 0');
    await pbx.cli('dialplan set global DH_FROZEN 0');
    const began = performance.now();
    const talk = caller.call('101');
    await talk.answered(15_000);
    const answer = performance.now() - began;
    const hung = performance.now();
    await talk.hangup();
    await until(() => called.calls().length === 0, { what: 'the other side is let go', deadline: 15_000 });
    return { answer, end: performance.now() - hung };
  }

  /** The most that a call may lose before its answer, and at its end. */
  function most(manner: Manner, nth: number): Took {
    if (manner !== 'frozen' || nth > HOOKS.length) return { answer: 0, end: 0 };
    // Main line: DH_BOUND. In b() and U(), and in the handlers at the end, nothing bounds: the watchdog ends it.
    if (nth <= 2) return { answer: BOUND_MS, end: 0 };
    return nth <= 4 ? { answer: WATCHDOG_MS, end: 0 } : { answer: 0, end: WATCHDOG_MS };
  }

  /** A call with that fault, of which every line is confirmed or spooled, once. */
  async function whole(manner: Manner, nth: number, at: string): Promise<Took> {
    rmSync(pbx.spoolPath, { force: true });
    await server.begin(manner, nth);
    const took = await call();
    // A line whose confirmation got lost is spooled as well: its id makes it count once.
    const all = () => [...new Set([...server.taken, ...spooled()])];
    await until(() => all().length >= HOOKS.length, {
      what: () => `six lines, ${at}; there are ${kinds(all()).join()}`,
      deadline: WATCHDOG_MS + 15_000,
    });
    expect(kinds(all()), at).to.deep.equal([...HOOKS].sort());
    expect(new Set(all().map(idOf)).size, at).to.equal(HOOKS.length);
    expect(server.taken.length, at).to.be.at.most(nth - 1);
    return took;
  }

  for (const manner of ['closing', 'refusing', 'frozen'] as const) {
    it(`loses no line and holds no call when it is ${manner} from the Nth hook on, for every N`, async () => {
      for (let nth = 1; nth <= HOOKS.length + 1; nth += 1) {
        const limit = most(manner, nth);
        const at = `${manner} at ${HOOKS[nth - 1] ?? 'no hook'} (${nth})`;
        const inTime = ({ answer, end }: Took) =>
          answer < ANSWER_MS + limit.answer + SLACK_MS && end < limit.end + SLACK_MS;
        let took = await whole(manner, nth, at);
        // A hook that waits does so each time; a machine that is busy takes long now and then.
        for (let n = 1; n < TRIES && !inTime(took); n += 1) took = await whole(manner, nth, at);
        expect(took.answer, `${at}: ms until the answer`).to.be.lessThan(ANSWER_MS + limit.answer + SLACK_MS);
        expect(took.end, `${at}: ms until the other side was let go`).to.be.lessThan(limit.end + SLACK_MS);
      }
    });
  }

  it('has what it spooled brought by "dialhook spool"', async () => {
    rmSync(pbx.spoolPath, { force: true });
    await server.begin('refusing', 1);
    await call();
    await until(() => spooled().length === HOOKS.length, { what: 'all lines are spooled' });
    const lines = spooled();
    await server.begin('closing', 100);
    const { code, output } = await runDialhook(['spool', pbx.spoolPath, '--to', `127.0.0.1:${port}`], {});
    expect(code, output).to.equal(0);
    expect([...server.taken].sort()).to.deep.equal(lines.sort());
    expect(existsSync(pbx.spoolPath)).to.equal(false);
  });
});

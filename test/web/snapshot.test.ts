import { expect } from 'chai';
import type { Snapshot } from '../../src/call/live.js';
import { type SnapshotLoop, startSnapshots } from '../../src/web/snapshot.js';
import { busyDay } from './fixtures.js';
import { until } from './until.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe('the snapshot loop', () => {
  let loop: SnapshotLoop;
  afterEach(() => loop.stop());
  const start = (read: (now: number, signal: AbortSignal) => Promise<Snapshot>) => {
    loop = startSnapshots({ read, log: silent, everyMs: 10, deadlineMs: 40, abandonMs: 60 });
    return loop;
  };

  it('reads again and again, one read at a time', async () => {
    let [reads, running, most] = [0, 0, 0];
    start(async (now) => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 15));
      running--;
      reads++;
      return busyDay(now);
    });
    expect(loop.current()).to.equal(null);
    await until(() => reads >= 4, 'four reads');
    expect(most).to.equal(1);
    expect(loop.failingSince()).to.equal(null);
  });

  it('keeps the last good snapshot through failures, with its own time, and says since when', async () => {
    let fails = false;
    start(async (now) => {
      if (fails) throw new Error('connect ECONNREFUSED');
      return busyDay(now);
    });
    await until(() => loop.current() !== null, 'the first snapshot');
    fails = true;
    await until(() => loop.failingSince() !== null, 'the failure');
    const [good, since] = [loop.current(), loop.failingSince()];
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(loop.current()).to.equal(good);
    expect(loop.failingSince()).to.equal(since);
    fails = false;
    await until(() => loop.failingSince() === null, 'recovery');
    expect(loop.current()?.at).to.be.greaterThan(good?.at ?? Infinity);
  });

  it('gives up a read that hangs, and goes on without it', async () => {
    let reads = 0;
    let aborted = false;
    start((now, signal) => {
      reads++;
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return reads === 1 ? new Promise(() => {}) : Promise.resolve(busyDay(now));
    });
    await until(() => loop.failingSince() !== null, 'the deadline');
    expect(reads).to.equal(1);
    await until(() => loop.current() !== null, 'the second read');
    expect(aborted).to.equal(true);
    expect(loop.failingSince()).to.equal(null);
  });

  it('reads no more once it is stopped', async () => {
    let reads = 0;
    start(async (now) => {
      reads++;
      return busyDay(now);
    });
    await until(() => reads >= 2, 'two reads');
    loop.stop();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const then = reads;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reads).to.equal(then);
  });
});

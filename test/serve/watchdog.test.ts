import { expect } from 'chai';
import sinon from 'sinon';
import { watchdogOf } from '../../src/serve/notify.js';
import { MAIN_SILENT_MS, startWatchdog } from '../../src/serve/watchdog.js';

describe('the watchdog', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers();
  });
  afterEach(() => clock.restore());

  const start = (notify: () => Promise<void>) => {
    const log = { warn: sinon.fake(), fatal: sinon.fake() };
    return { log, dog: startWatchdog({ notify, limitMs: 2000, log }) };
  };

  it("speaks four times in systemd's patience", async () => {
    const notify = sinon.fake.resolves(undefined);
    const { dog } = start(notify);
    await clock.tickAsync(2000);
    expect(notify.callCount).to.equal(5);
    expect(notify.alwaysCalledWith('WATCHDOG=1')).to.equal(true);
    dog.stop();
    await clock.tickAsync(5000);
    expect(notify.callCount).to.equal(5);
  });

  it('goes by no clock that somebody sets: a step makes nobody silent, and nobody alive', async () => {
    const notify = sinon.fake.resolves(undefined);
    const { dog, log } = start(notify);
    const alive = setInterval(dog.mainIsAlive, 1000);
    await clock.tickAsync(1100);
    clock.setSystemTime(Date.now() + 3_600_000);
    await clock.tickAsync(600);
    expect(log.fatal.called, 'after a step forwards').to.equal(false);
    clearInterval(alive);
    clock.setSystemTime(Date.now() - 7_200_000);
    await clock.tickAsync(MAIN_SILENT_MS + 1000);
    expect(log.fatal.callCount, 'after a step back').to.equal(1);
    dog.stop();
  });

  it('falls silent when the main thread has been silent for 20 s, and says why once', async () => {
    const notify = sinon.fake.resolves(undefined);
    const { dog, log } = start(notify);
    const alive = setInterval(dog.mainIsAlive, 1000);
    await clock.tickAsync(60_000);
    expect(log.fatal.called).to.equal(false);
    clearInterval(alive);
    await clock.tickAsync(MAIN_SILENT_MS + 1000);
    const count = notify.callCount;
    await clock.tickAsync(10_000);
    expect(notify.callCount).to.equal(count);
    expect(log.fatal.callCount).to.equal(1);
    dog.stop();
  });

  it('goes on when a word could not be told, and never tells two at once', async () => {
    const slow = sinon.fake(() => new Promise<void>((_, reject) => setTimeout(() => reject(new Error('gone')), 1800)));
    const { dog, log } = start(slow);
    await clock.tickAsync(1700);
    expect(slow.callCount).to.equal(1);
    await clock.tickAsync(400);
    expect(slow.callCount).to.equal(2);
    expect(log.warn.callCount).to.equal(1);
    dog.stop();
  });

  it("is off without systemd's word, and for another process", () => {
    expect(watchdogOf({}, 7)).to.equal(0);
    expect(watchdogOf({ WATCHDOG_USEC: '2000000' }, 7)).to.equal(2000);
    expect(watchdogOf({ WATCHDOG_USEC: '2000000', WATCHDOG_PID: '7' }, 7)).to.equal(2000);
    expect(watchdogOf({ WATCHDOG_USEC: '2000000', WATCHDOG_PID: '8' }, 7)).to.equal(0);
    expect(watchdogOf({ WATCHDOG_USEC: 'soon' }, 7)).to.equal(0);
  });
});

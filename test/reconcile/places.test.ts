import { expect } from 'chai';
import { NOTHING_YET, reconcile } from '../../src/reconcile/index.js';
import { Places, worthTelling } from '../../src/reconcile/places.js';
import { startWatch } from '../../src/reconcile/watch.js';
import { until } from '../ami/fake.js';
import { channel, fakePbx, NOW } from './fake-pbx.js';

const MINUTE = 60_000;

describe('places in a queue', () => {
  const party = (n: number) => ({
    ...{ channel: `PJSIP/trunk-0000000${n}`, uniqueid: `1.${n}`, linkedid: `1.${n}`, call: '' },
  });
  const entry = (n: number, Position: number, Queue = 'sales') => ({
    ...{ Event: 'QueueEntry', Queue, Position, Uniqueid: `1.${n}`, Channel: `PJSIP/trunk-0000000${n}` },
  });

  it('are told one by one up to ten, beyond that by the tenth', () => {
    expect([
      worthTelling(null, 300),
      worthTelling(2, 2),
      worthTelling(2, 1),
      worthTelling(11, 10),
      worthTelling(50, 46),
      worthTelling(50, 45),
      worthTelling(30, 33),
    ]).to.deep.equal([true, false, true, true, false, true, true]);
  });

  it('are asked once for many events, and not more than once a rest', async () => {
    const lab = await fakePbx();
    const places = new Places({ ...lab.deps, restMs: 120 });
    lab.pbx.queues = [entry(2, 1), entry(3, 2)];
    for (const n of [1, 2, 3]) places.joined(party(n), 'sales', n, n, NOW);
    expect(lab.fake.actions('QueueStatus')).to.have.length(0);
    const began = performance.now();
    for (let i = 0; i < 50; i++) places.left(`9.${i}`, 'sales', NOW + i);
    await until('two lines', () => lab.lines.length === 2);
    expect(lab.fake.actions('QueueStatus')).to.have.length(1);
    expect(lab.told().map((one) => [one.uniqueid, one.at, one.event === 'position' && one.position])).to.deep.equal([
      ['1.2', NOW + 49, 1],
      ['1.3', NOW + 49, 2],
    ]);
    places.left('1.2', 'sales', NOW + 100);
    lab.pbx.queues = [entry(3, 1)];
    await until('a third', () => lab.lines.length === 1);
    expect(performance.now() - began).to.be.at.least(110);
    expect(lab.told()[0]).to.deep.include({ id: `pbx1-1.3-position-${NOW + 100}-0`, position: 1, waiting: 1 });
    await places.stop();
  });

  it('of callers who came before us are told by the look, and forgotten with them', async () => {
    const lab = await fakePbx();
    const watch = startWatch({ ...lab.deps });
    lab.pbx.channels = [channel('1.1'), channel('1.2', { ChanVariable: 'DH_CALL=c-2' })];
    lab.tables.known = new Set(['1.1', '1.2']);
    lab.pbx.queues = [entry(1, 1), entry(2, 2)];
    for (let i = 0; i < 2; i++) await reconcile(lab.deps, NOTHING_YET, watch);
    expect(lab.told().map((one) => [one.call, one.event === 'position' && one.position])).to.deep.equal([
      ['pbx1-1.1', 1],
      ['c-2', 2],
    ]);
    lab.pbx.queues = [entry(2, 1)];
    lab.time.now += MINUTE;
    await reconcile(lab.deps, NOTHING_YET, watch);
    expect(lab.told().map((one) => one.call)).to.deep.equal(['c-2']);
    await watch.stop();
  });
});

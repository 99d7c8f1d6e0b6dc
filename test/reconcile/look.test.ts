import { expect } from 'chai';
import { NOTHING_YET, reconcile } from '../../src/reconcile/index.js';
import { channel, fakePbx, NOW, open } from './fake-pbx.js';

const MINUTE = 60_000;

describe('reconcile: a channel that nobody announced', () => {
  const looks = async (pbx: Awaited<ReturnType<typeof fakePbx>>, n = 2) => {
    let memory = NOTHING_YET;
    for (let i = 0; i < n; i++) {
      memory = await reconcile(pbx.deps, memory);
      pbx.time.now += MINUTE;
    }
    return pbx.told();
  };

  it('is found in the second look, with what the PBX says of it', async () => {
    const lab = await fakePbx();
    lab.pbx.channels = [channel('1.1')];
    expect(await looks(lab, 1)).to.deep.equal([]);
    const [found, ...more] = await looks(lab);
    expect(more).to.deep.equal([]);
    expect(found).to.deep.include({
      ...{ event: 'found', id: 'pbx1-1.1-found-0', call: 'pbx1-1.1', uniqueid: '1.1', linkedid: '1.1', source: 'ami' },
      ...{ endpoint: '101', from: '101', to: '555', state: 'up', application: 'Dial', bridge: 'b1' },
    });
    const { at, since } = found as { at: number; since: number };
    expect((at - since) / 1000).to.be.closeTo(3605, 1);
  });

  it('is none of these: young, known, plumbing, or seen while the tables are behind', async () => {
    const lab = await fakePbx([open('1.1')]);
    lab.tables.known.add('1.2');
    lab.pbx.channels = [
      channel('1.1'),
      channel('1.2'),
      channel('1.3', { Duration: '00:00:10' }),
      channel('1.4', { Channel: 'Local/s@dialhook-wrapping-00000004;2' }),
      channel('1.5', { Channel: 'CBAnn/room1-00000005;1' }),
      channel('1.6', { Channel: 'PJSIP/106-00000006<ZOMBIE>' }),
    ];
    expect(await looks(lab, 3)).to.deep.equal([]);
    lab.pbx.channels = [channel('1.1'), channel('1.7')];
    lab.tables.behind = true;
    expect(await looks(lab, 3)).to.deep.equal([]);
    lab.tables.behind = false;
    expect(await looks(lab)).to.have.length(1);
  });

  it('belongs to the call that its variable names', async () => {
    const lab = await fakePbx();
    lab.pbx.channels = [channel('1.1', { ChanVariable: 'DH_CALL=c-42' })];
    expect((await looks(lab))[0]).to.include({ call: 'c-42', linkedid: '1.1' });
  });

  it('whatever its headers hold, it is text, or it is left out', async () => {
    const lab = await fakePbx();
    const hostile = `x&event=lost&v=9\t=%00"'{}; DROP TABLE ${'y'.repeat(400)}`;
    lab.pbx.channels = [
      channel('1.1', { CallerIDNum: hostile, ConnectedLineNum: hostile, Exten: hostile, Application: hostile }),
      channel('1.2', { Channel: 'SIP/x y-00000002', BridgeId: 'b 2' }),
      channel('1.3', { ChanVariable: `DH_CALL=${'z'.repeat(300)}` }),
    ];
    const told = await looks(lab);
    expect(told.map((event) => event.uniqueid)).to.deep.equal(['1.1']);
    expect(told[0]).to.include({ event: 'found', v: '1' });
    expect(told[0]?.event === 'found' && told[0].from.length).to.equal(255);
    const warned = lab.log.lines.filter((line) => line.level === 'warn');
    expect(warned.map((line) => line.fields)).to.deep.equal([
      { event: 'found', field: 'bridge' },
      { event: 'found', field: 'call' },
    ]);
  });

  it('known, but of another story than the PBX says: the story is told once a joining', async () => {
    const lab = await fakePbx([
      open('1.1', { call: 'pbx1-1.1' }),
      open('1.2', { call: 'pbx1-1.2' }),
      open('1.3', { call: 'pbx1-1.3' }),
    ]);
    lab.pbx.channels = [channel('1.1'), channel('1.2'), channel('1.3', { Linkedid: '1.3' })];
    const told = await looks(lab, 4);
    const ids = ['pbx1-1.1-found-1.1', 'pbx1-1.2-found-1.1'];
    expect(told.map((event) => event.id)).to.deep.equal([...ids, ...ids]);
    expect(told.map((event) => [event.call, event.linkedid]).slice(0, 2)).to.deep.equal([
      ['pbx1-1.1', '1.1'],
      ['pbx1-1.2', '1.1'],
    ]);
  });
});

describe('reconcile: who is parked', () => {
  const lot = {
    BridgeUniqueid: 'lot',
    BridgeType: 'parking',
    BridgeName: 'default',
    BridgeTechnology: 'holding_bridge',
  };
  const other = { BridgeUniqueid: 'b1', BridgeType: 'basic', BridgeTechnology: 'holding_bridge' };

  it('is told in the second look when nobody said so', async () => {
    const lab = await fakePbx();
    lab.pbx.bridges = [lot, other];
    lab.pbx.channels = [channel('1.1', { BridgeId: 'lot', ChanVariable: 'DH_CALL=c-1' }), channel('1.2')];
    lab.tables.known = new Set(['1.1', '1.2', '1.3']);
    const memory = await reconcile(lab.deps, NOTHING_YET);
    expect(lab.told()).to.deep.equal([]);
    lab.time.now += MINUTE;
    lab.pbx.channels.push(channel('1.3', { BridgeId: 'lot' }));
    await reconcile(lab.deps, memory);
    const [parked, ...more] = lab.told();
    expect(more).to.deep.equal([]);
    expect(parked).to.include({
      event: 'park',
      call: 'c-1',
      at: NOW + MINUTE,
      lot: 'default',
      slot: '',
      source: 'ami',
    });
  });

  it('is not told when the tables know it, or may not know it yet', async () => {
    for (const tables of [{ parked: new Set(['1.1']) }, { behind: true }]) {
      const lab = await fakePbx();
      lab.pbx.bridges = [lot];
      lab.pbx.channels = [channel('1.1', { BridgeId: 'lot' })];
      Object.assign(lab.tables, { known: new Set(['1.1']) }, tables);
      const memory = await reconcile(lab.deps, NOTHING_YET);
      lab.time.now += MINUTE;
      await reconcile(lab.deps, memory);
      expect(lab.told()).to.deep.equal([]);
    }
  });
});

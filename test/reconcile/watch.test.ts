import { expect } from 'chai';
import { startWatch } from '../../src/reconcile/watch.js';
import { WATCHED } from '../../src/reconcile/watched.js';
import { type Headers, until } from '../ami/fake.js';
import { fakePbx, NOW } from './fake-pbx.js';

const Timestamp = '1763676500.123999';
const party = (prefix: string, n: number, more: Headers = {}): Headers => ({
  [`${prefix}Channel`]: `PJSIP/10${n}-0000000${n}`,
  [`${prefix}Uniqueid`]: `1.${n}`,
  [`${prefix}Linkedid`]: `1.${n}`,
  [`${prefix}ChanVariable`]: `DH_CALL=pbx1-1.${n}`,
  ...more,
});

/** What a watch makes of some events; the last one is a hold that must arrive in any case. */
async function heard(...events: [string, Headers][]) {
  const lab = await fakePbx();
  const watch = startWatch({ ...lab.deps });
  for (const [name, headers] of events) lab.fake.last().event(name, headers);
  lab.fake.last().event('Hold', party('', 9, { Timestamp }));
  await until('the last event', () => lab.lines.some((line) => line.includes('uniqueid=1.9&')));
  await watch.stop();
  const last = lab.lines.findIndex((line) => line.includes('uniqueid=1.9&'));
  lab.lines.splice(last, 1);
  return { told: lab.told(), warned: lab.log.lines.filter((line) => line.level === 'warn') };
}

describe('watch', () => {
  it('takes time, call and id from what the PBX says', async () => {
    const { told } = await heard(['Hold', party('', 1, { Timestamp })]);
    expect(told[0]).to.include({
      ...{ event: 'hold', id: 'pbx1-1.1-hold-1763676500123-0', at: 1_763_676_500_123, call: 'pbx1-1.1' },
      ...{ channel: 'PJSIP/101-00000001', endpoint: '101', source: 'ami', linkedid: '1.1' },
    });
  });

  it('without them, takes the call from the linkedid and the time from our clock', async () => {
    const { told } = await heard(['Unhold', { ...party('', 1), Linkedid: '1.7', ChanVariable: 'DH_CALL' }]);
    expect(told[0]).to.include({ event: 'unhold', call: 'pbx1-1.7', at: NOW });
    const { told: bare } = await heard(['Hold', { Channel: 'PJSIP/101-00000001', Uniqueid: '1.1' }]);
    expect(bare[0]).to.include({ call: 'pbx1-1.1' });
  });

  it('finds its variable among others of the site', async () => {
    const { told } = await heard([
      'AttendedTransfer',
      {
        ...party('Transferee', 1),
        ...party('TransferTarget', 2, { TransferTargetCallerIDNum: '103' }),
        ...party('OrigTransferer', 3),
        Result: 'Success',
        Timestamp,
      },
    ]);
    expect(told[0]).to.include({ kind: 'attended', result: 'ok', by: 'PJSIP/103-00000003', to: '103', target: '1.2' });
    expect(told[0]).to.include({ other: 'pbx1-1.2', uniqueid: '1.1' });
    const lab = await fakePbx();
    const watch = startWatch({ ...lab.deps });
    lab.fake
      .last()
      .write(
        'Event: Hold\r\nChannel: PJSIP/101-1\r\nUniqueid: 1.1\r\nChanVariable: X=1\r\nChanVariable: DH_CALL=c-1\r\n\r\n',
      );
    await until('a line', () => lab.lines.length === 1);
    expect(lab.told()[0]).to.include({ call: 'c-1' });
    await watch.stop();
  });

  it('a transfer into an application joins the consultation; one within a call names no other; of many nobody is named', async () => {
    const consult = party('SecondTransferer', 4, { SecondTransfererExten: '600' });
    const into = { ...party('Transferee', 1), ...party('OrigTransferer', 3), ...consult, Result: 'Success', Timestamp };
    const within = {
      ...into,
      SecondTransfererChanVariable: 'DH_CALL=pbx1-1.1',
      Result: 'Fail',
      TransfereeUniqueid: '1.5',
    };
    const { told } = await heard(
      ['AttendedTransfer', into],
      ['AttendedTransfer', within],
      ['AttendedTransfer', { ...party('OrigTransferer', 3), Result: 'Success' }],
    );
    const seen = told.map((one) => one.event === 'transfer' && [one.result, one.to, one.target, one.other]);
    expect(seen).to.deep.equal([
      ['ok', '600', '', 'pbx1-1.4'],
      ['failed', '600', '', ''],
    ]);
  });

  it('a blind transfer is told when it failed', async () => {
    const transfer = { ...party('Transferee', 1), ...party('Transferer', 2), Extension: '103', Timestamp };
    const { told } = await heard(
      ['BlindTransfer', { ...transfer, Result: 'Success' }],
      ['BlindTransfer', { ...transfer, Result: 'Not Permitted' }],
    );
    expect(told).to.have.length(1);
    expect(told[0]).to.include({ kind: 'blind', result: 'failed', by: 'PJSIP/102-00000002', to: '103' });
  });

  it('is deaf to events it does not know, and to names that mean something else', async () => {
    const names = ['Newchannel', 'constructor', '__proto__', 'toString', 'RawEvent', 'Close'];
    const { told, warned } = await heard(...names.map((name): [string, Headers] => [name, party('', 1)]));
    expect([told, warned]).to.deep.equal([[], []]);
  });

  it('an event without its channel, or with any text in it, throws nothing', async () => {
    const bad = 'x y&event=lost %00 \u202e'.repeat(40);
    const all = Object.keys(WATCHED).flatMap((name): [string, Headers][] => {
      const prefixes = ['', 'Transferee', 'Transferer', 'Parkee', 'Retriever', 'Spyer', 'Spyee', 'Target'];
      const hostile = Object.assign({}, ...prefixes.map((prefix) => party(prefix, 1)), {
        ...{ Conference: bad, Queue: bad, ParkingSpace: bad, ParkerDialString: bad, SpyeeChannel: bad, Result: bad },
        ...{ Position: bad, Count: bad, ParkingTimeout: bad, Extension: bad, Timestamp: bad, ChanVariable: bad },
      });
      return [
        [name, {}],
        [name, hostile],
      ];
    });
    const { told, warned } = await heard(...all);
    expect(told.every((one) => one.source === 'ami' && one.v === '1')).to.equal(true);
    expect(told.map((one) => one.event)).to.not.include('lost');
    // What is no word, number or id is refused, and the log says which field, never what stood in it.
    expect(JSON.stringify(warned)).to.contain('"field":"room"').and.not.contain('u202e').and.not.contain('x y');
  });

  it('a record that fails is told in the log', async () => {
    const lab = await fakePbx();
    const report = async () => Promise.reject(new Error('the disk is full'));
    const watch = startWatch({ ...lab.deps, report });
    lab.fake.last().event('Hold', party('', 1, { Timestamp }));
    await until('a warning', () => lab.log.lines.some((line) => line.level === 'warn'));
    await watch.stop();
    expect(lab.log.lines.map((line) => line.text)).to.include('an event that the PBX told could not be recorded');
  });
});

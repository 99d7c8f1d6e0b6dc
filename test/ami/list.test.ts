import { expect } from 'chai';
import type { AmiError, AmiMessage } from '../../src/ami/index.js';
import { type Script, startFake, until, upTo } from './fake.js';

const COMPLETE = 'CoreShowChannelsComplete';
const start = { EventList: 'start', Message: 'Channels will follow' };

/** Answers CoreShowChannels by hand: `body` writes what comes between the answer and the end. */
const listing = (items: string[], end: Record<string, string> = {}): Script => ({
  CoreShowChannels: (action, session) => {
    session.answer(action, start);
    for (const uniqueid of items) session.event('CoreShowChannel', { ActionID: action.id, Uniqueid: uniqueid });
    session.event(COMPLETE, { ActionID: action.id, EventList: 'Complete', ListItems: String(items.length), ...end });
  },
});
const ids = (items: AmiMessage[]) => items.map((item) => item.get('uniqueid'));
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: AmiError) => error.code,
  );

describe('src/ami: lists', () => {
  it('collects the items up to the end', async () => {
    const fake = await startFake(listing(['1.1', '1.2', '1.3']));
    const { ami } = await upTo(fake);
    expect(ids(await ami.list('CoreShowChannels', {}, { complete: COMPLETE }))).to.deep.equal(['1.1', '1.2', '1.3']);
  });

  it('an empty list is a list', async () => {
    const { ami } = await upTo(await startFake(listing([])));
    expect(await ami.list('CoreShowChannels', {}, { complete: COMPLETE })).to.deep.equal([]);
  });

  it('keeps two lists and the events between them apart', async () => {
    const fake = await startFake({ CoreShowChannels: () => undefined });
    const { ami } = await upTo(fake);
    const events: AmiMessage[] = [];
    ami.on('event', (message) => events.push(message));
    const lists = Promise.all([1, 2].map(() => ami.list('CoreShowChannels', {}, { complete: COMPLETE })));
    const [a, b] = await until('both actions', () => {
      const [first, second] = fake.actions('CoreShowChannels');
      return first && second && ([first, second] as const);
    });
    const session = fake.last();
    const item = (ActionID: string, Uniqueid: string) => session.event('CoreShowChannel', { ActionID, Uniqueid });
    session.answer(a, start);
    item(a.id, 'a.1');
    session.event('Newchannel', { Uniqueid: '9.9' });
    session.answer(b, start);
    item(b.id, 'b.1');
    item(a.id, 'a.2');
    session.event(COMPLETE, { ActionID: b.id, EventList: 'Complete', ListItems: 1 });
    session.event(COMPLETE, { ActionID: a.id, EventList: 'Complete', ListItems: 2 });
    expect((await lists).map(ids)).to.deep.equal([['a.1', 'a.2'], ['b.1']]);
    expect(ids(events)).to.deep.equal(['9.9']);
  });

  for (const [name, end] of [
    ['is cut short by the PBX', { EventList: 'Cancelled' }],
    ['has fewer items than the PBX counted', { ListItems: '4' }],
  ] as const) {
    it(`a list that ${name} is no list`, async () => {
      const { ami } = await upTo(await startFake(listing(['1.1'], end)));
      expect(await codeOf(ami.list('CoreShowChannels', {}, { complete: COMPLETE }))).to.equal('partial');
    });
  }

  it('a list that is refused, does not end, or is cut off is no list', async () => {
    const fake = await startFake({
      CoreShowChannels: (action, session) => session.refuse(action, 'Permission denied'),
    });
    const { ami } = await upTo(fake);
    const ask = () => codeOf(ami.list('CoreShowChannels', {}, { complete: COMPLETE, timeoutMs: 50 }));
    expect(await ask()).to.equal('refused');
    fake.script['CoreShowChannels'] = (action, session) => {
      session.answer(action, start);
      session.event('CoreShowChannel', { ActionID: action.id });
    };
    expect(await ask()).to.equal('timeout');
    fake.script['CoreShowChannels'] = (action, session) => {
      session.answer(action, start);
      session.socket.end(`Event: CoreShowChannel\r\nActionID: ${action.id}\r\nUni`);
    };
    expect(await ask()).to.equal('closed');
  });

  it('items after the deadline are nobody’s events', async () => {
    const fake = await startFake({ CoreShowChannels: () => undefined });
    const { ami } = await upTo(fake);
    const events: AmiMessage[] = [];
    ami.on('event', (message) => events.push(message));
    expect(await codeOf(ami.list('CoreShowChannels', {}, { complete: COMPLETE, timeoutMs: 20 }))).to.equal('timeout');
    const id = fake.actions('CoreShowChannels')[0]?.id ?? '';
    fake.last().event('CoreShowChannel', { ActionID: id });
    fake.last().event(COMPLETE, { ActionID: id });
    fake.last().event('Newchannel');
    await until('the one real event', () => events.length > 0);
    expect(events.map((event) => event.get('event'))).to.deep.equal(['Newchannel']);
  });

  it('OriginateResponse carries the action’s id and its own Response, and still is an event', async () => {
    const fake = await startFake();
    fake.script['Originate'] = (action, session) => {
      session.event('OriginateResponse', { ActionID: action.id, Response: 'Failure', Reason: 3 });
      session.answer(action, { Message: 'Originate successfully queued' });
    };
    const { ami } = await upTo(fake);
    const events: AmiMessage[] = [];
    ami.on('event', (message) => events.push(message));
    const answer = await ami.action('Originate', {}, { id: 'c-7' });
    expect(answer.get('message')).to.equal('Originate successfully queued');
    expect([events[0]?.get('actionid'), events[0]?.get('reason')]).to.deep.equal(['c-7', '3']);
  });
});

// For tests: a manager interface whose lists are what the test says, and what a look needs beside it.
import type { CallEvent } from '../../src/call/event.js';
import { parseLine } from '../../src/call/event.js';
import type { OpenChannel, OperatorSeen, ReconcileDeps } from '../../src/reconcile/index.js';
import { type FakeAction, type FakeSession, type Headers, startFake, testLog, upTo } from '../ami/fake.js';

export const NOW = 1_763_676_543_123;

/** A channel of the tables that is a minute old. */
export const open = (uniqueid: string, more: Partial<OpenChannel> = {}): OpenChannel => ({
  call: 'pbx1-1.1',
  pbx: 'pbx1',
  uniqueid,
  channel: `PJSIP/101-0000000${uniqueid.at(-1)}`,
  startedAt: NOW - 60_000,
  ...more,
});

/** A channel as CoreShowChannels has it. */
export const channel = (uniqueid: string, more: Headers = {}): Headers => ({
  Channel: `PJSIP/10${uniqueid.at(-1)}-0000000${uniqueid.at(-1)}`,
  Uniqueid: uniqueid,
  Linkedid: '1.1',
  ChannelStateDesc: 'Up',
  CallerIDNum: `10${uniqueid.at(-1)}`,
  ConnectedLineNum: '<unknown>',
  Exten: '555',
  Application: 'Dial',
  BridgeId: 'b1',
  Duration: '01:00:05',
  ChanVariable: 'DH_CALL',
  ...more,
});

/** What the PBX says now. */
export interface FakePbx {
  channels: (string | Headers)[];
  bridges: Headers[];
  /** Items of QueueStatus, each with its `Event`. */
  queues: (Headers & { Event: string })[];
  /** Spoils the end of CoreShowChannels. */
  end: Headers;
  /** False: CoreShowChannels is refused. */
  answer: boolean;
}

export async function fakePbx(channels: OpenChannel[] = []) {
  const pbx: FakePbx = { channels: [], bridges: [], queues: [], end: {}, answer: true };
  const list = (
    action: FakeAction,
    session: FakeSession,
    items: (Headers & { Event: string })[],
    more: Headers = {},
  ) => {
    session.answer(action, { EventList: 'start' });
    for (const { Event, ...item } of items) session.event(Event, { ActionID: action.id, ...item });
    const end = { EventList: 'Complete', ListItems: String(items.length), ...more };
    session.event(`${action.name}Complete`, { ActionID: action.id, ...end });
  };
  const fake = await startFake({
    CoreShowChannels: (action, session) => {
      if (!pbx.answer) return session.refuse(action, 'Permission denied');
      const items = pbx.channels.map((one) => (typeof one === 'string' ? { Uniqueid: one } : one));
      list(
        action,
        session,
        items.map((item) => ({ Event: 'CoreShowChannel', ...item })),
        pbx.end,
      );
    },
    BridgeList: (action, session) =>
      list(
        action,
        session,
        pbx.bridges.map((item) => ({ Event: 'BridgeListItem', ...item })),
      ),
    QueueStatus: (action, session) => {
      const queue = action.get('Queue');
      list(
        action,
        session,
        pbx.queues.filter((item) => queue === undefined || item['Queue'] === queue),
      );
    },
  });
  const { ami } = await upTo(fake);
  const lines: string[] = [];
  const time = { now: NOW };
  const log = testLog();
  const tables = {
    known: new Set<string>(),
    parked: new Set<string>(),
    operators: [] as OperatorSeen[],
    acts: [] as string[],
    behind: false,
  };
  const deps: ReconcileDeps = {
    pbx: 'pbx1',
    ami,
    openChannels: async () => channels,
    knownChannels: async () => tables.known,
    parkedChannels: async () => tables.parked,
    operators: async () => tables.operators,
    act: async (verb, operator) => tables.acts.push(`${verb} ${operator}`),
    behind: () => tables.behind,
    longestShiftMs: 16 * 3_600_000,
    report: (line) => void lines.push(line),
    log,
    now: () => time.now,
  };
  /** The lines told since the last call, read. */
  const told = (): CallEvent[] =>
    lines.splice(0).flatMap((line) => {
      const parsed = parseLine(line);
      if (!parsed.ok) throw new Error(`${parsed.refusal.reason}: ${line}`);
      return [parsed.event];
    });
  return { pbx, fake, ami, lines, told, time, deps, log, tables };
}

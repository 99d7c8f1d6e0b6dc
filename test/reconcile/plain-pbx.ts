// For tests: a PBX with none of our hooks but the call's id on the channels, watched with the sample's own manager user. What is
// told is told by the manager interface alone.
import { readFileSync } from 'node:fs';
import { type Asterisk, startAsterisk } from '../../scripts/lab/asterisk.js';
import { minimalPbx, PHONE_PASSWORD, TRUNK_HOST } from '../../scripts/lab/minimal-pbx.js';
import { openPhone, type Phone } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { until } from '../../scripts/lab/wait.js';
import { type Ami, connectAmi } from '../../src/ami/index.js';
import { type CallEvent, parseLine } from '../../src/call/event.js';
import type { OpenChannel, OperatorSeen } from '../../src/reconcile/index.js';
import { type StartOptions, startReconcile } from '../../src/reconcile/index.js';
import { type TestLog, testLog } from '../ami/fake.js';

const CALL = 'Set(__DH_CALL=pbx1-$' + '{UNIQUEID})';
const EXTENSIONS = `[from-operator]
exten => _10X,1,${CALL}
 same => n,Dial(PJSIP/\${EXTEN},20,tTkK)
 same => n,Hangup()
exten => 555,1,Dial(PJSIP/102,20)
exten => 600,1,${CALL}
 same => n,Answer()
 same => n,Queue(lab,t,,,20)
exten => 601,1,Set(QUEUE_PRIO=10)
 same => n,Goto(600,1)
exten => 610,1,${CALL}
 same => n,ConfBridge(room1)
exten => 620,1,${CALL}
 same => n,ChanSpy(PJSIP/102,q)
exten => 631,1,${CALL}
 same => n,Answer()
 same => n,MixMonitor(rec1.wav)
 same => n,Wait(0.3)
 same => n,StopMixMonitor()
 same => n,Wait(30)
exten => 641,1,${CALL}
 same => n,PickupChan(PJSIP/102,p)
exten => 700,1,${CALL}
 same => n,Park(default)
exten => _70[1-9],1,${CALL}
 same => n,ParkedCall(default,\${EXTEN})
`;
const QUEUES = '[general]\n[lab]\nstrategy = linear\ntimeout = 15\nmusicclass = default\n';
export const PARKING = `[general]
[default]
parkext = 800
parkpos = 701-709
parkingtime = 45
comebacktoorigin = yes
comebackdialtime = 3
context = parkedcalls
`;
const MANAGER = new URL('../../dialplan/pbx/manager.conf', import.meta.url);

export interface PlainPbx {
  asterisk: Asterisk;
  ami: Ami;
  phones: Record<'a' | 'b' | 'c' | 'd', Phone>;
  /** What was told since the last forget(), in order. */
  told: CallEvent[];
  lines: string[];
  log: TestLog;
  /** What the tables would say. */
  tables: { open: OpenChannel[]; known: Set<string>; parked: Set<string>; operators: OperatorSeen[]; acts: string[] };
  /** Waits for an event of this kind; it is taken from `told`. */
  next(kind: CallEvent['event'], deadline?: number): Promise<CallEvent>;
  forget(): void;
  /** Starts to listen and to look again, as a server that was restarted. */
  restart(more?: Partial<StartOptions>): Promise<void>;
  /** Stops listening and looking. */
  deaf(): Promise<void>;
  hangUpAll(): Promise<void>;
  remove(): Promise<void>;
}

export async function plainPbx(): Promise<PlainPbx> {
  const conf = minimalPbx(['101', '102', '103', '104'], await freePort(TRUNK_HOST));
  const asterisk = await startAsterisk({
    conf: {
      ...conf,
      'extensions.conf': EXTENSIONS,
      'queues.conf': QUEUES,
      'res_parking.conf': PARKING,
      'features.conf': '[general]\nfeaturedigittimeout = 5000\n[featuremap]\nparkcall = *7\n',
      'manager.conf': readFileSync(MANAGER, 'utf8'),
    },
  });
  const pbx = { host: asterisk.sipHost, port: asterisk.sipPort };
  const open = async (user: string) => {
    // With sound: ChanSpy() on a silent line does not see that its own channel was hung up.
    const phone = await openPhone({ user, password: PHONE_PASSWORD, pbx, autoAnswer: false, rtp: true });
    await phone.register();
    return phone;
  };
  const [a, b, c, d] = [await open('101'), await open('102'), await open('103'), await open('104')];
  const log = testLog();
  const { amiPort: port, amiUser: user, amiSecret: secret } = asterisk;
  const quick = { backoffMs: 100, maxBackoffMs: 500 };
  const ami = connectAmi({ host: '127.0.0.1', port, user, secret, log: testLog(), events: 'call,agent', ...quick });
  await until(() => ami.state().up, { what: 'the manager interface is up' });
  const told: CallEvent[] = [];
  const lines: string[] = [];
  const tables: PlainPbx['tables'] = { open: [], known: new Set(), parked: new Set(), operators: [], acts: [] };
  let stop: (() => Promise<void>) | null = null;
  const options: StartOptions = {
    pbx: 'pbx1',
    ami,
    report: (line) => {
      lines.push(line);
      const parsed = parseLine(line);
      if (parsed.ok) told.push(parsed.event);
    },
    openChannels: async () => tables.open,
    knownChannels: async () => tables.known,
    parkedChannels: async () => tables.parked,
    operators: async () => tables.operators,
    act: async (verb, operator) => tables.acts.push(`${verb} ${operator}`),
    behind: () => false,
    longestShiftMs: 0,
    log,
    now: Date.now,
  };
  const deaf = async () => {
    await stop?.();
    stop = null;
  };
  const phones = { a, b, c, d };
  return {
    ...{ asterisk, ami, phones, told, lines, log, tables, deaf },
    next: (kind, deadline = 15_000) =>
      until(
        () => {
          const at = told.findIndex((event) => event.event === kind);
          return at >= 0 && told.splice(at, 1)[0];
        },
        { deadline, what: () => `a line ${kind}; told: ${lines.join('\n')}` },
      ),
    forget: () => {
      told.length = 0;
      lines.length = 0;
    },
    restart: async (more = {}) => {
      await deaf();
      stop = startReconcile({ ...options, ...more });
    },
    hangUpAll: async () => {
      for (const phone of Object.values(phones))
        for (const call of phone.calls()) await call.hangup().catch(() => undefined);
      await until(async () => /^0 active channels/m.test(await asterisk.cli('core show channels')), {
        what: 'no channel is left',
        every: 100,
        deadline: 15_000,
      });
    },
    deaf,
    remove: async () => {
      await deaf();
      await Promise.all(Object.values(phones).map((phone) => phone.close()));
      await ami.close();
      await asterisk.remove();
    },
  };
}

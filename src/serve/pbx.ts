// What the server does through the manager interface: clicks, and the comparison with the PBX.
import type { Clicker } from '../actions/action.js';
import type { ClickStore } from '../actions/clicks.js';
import type { DestinationRule } from '../actions/destination.js';
import { type CallSeen, observe } from '../actions/observe.js';
import { watchOriginates } from '../actions/originated.js';
import { performClick } from '../actions/perform.js';
import { rateLimit } from '../actions/rate.js';
import { performRule } from '../actions/rule.js';
import { type Ami, connectAmi } from '../ami/index.js';
import type { Config } from '../config/options.js';
import type { Log } from '../log/log.js';
import { type Comparing, startReconcile } from '../reconcile/index.js';
import type { Recorder } from '../record/recorder.js';
import { callOfClick, openChannels } from '../store/calls.js';
import { countCalls, findClick, saveClick, updateClick } from '../store/clicks.js';
import type { Db } from '../store/database.js';
import { knownChannels, operatorsHeld, parkedChannels } from '../store/known-channels.js';
import { auditStore } from './access.js';
import { startToll } from './toll.js';

/** What a page is told of a click. */
export interface ClickNow {
  click: string;
  state: 'sent' | 'confirmed' | 'failed';
  text: string;
}

export interface Pbx {
  /** The manager interface for what is no click; null: switched off. */
  ami: Pick<Ami, 'action' | 'list'> | null;
  /** Null: the manager interface is switched off. */
  state(): { up: boolean; error: string | null } | null;
  click(verb: string, args: unknown, user: Clicker): Promise<ClickNow>;
  /** Null: no such click, or none that this user may know of. */
  clickState(id: string, user: Clicker): Promise<ClickNow | null>;
  /** What the monitor says of outside calls; empty when there is nothing. */
  tollAlarms(): string[];
  /** Compares the tables with the PBX now; it is done every minute anyway. */
  look(): Promise<void>;
  close(): Promise<void>;
}

type Record = Pick<Recorder, 'append' | 'loop'>;

/** Connects to the PBX as configured. `record` takes the lines that are heard and found out; null where nothing is recorded. `watched` may time the actions. */
export function startPbx(
  config: Config,
  db: Db,
  record: Record | null,
  log: Log,
  watched: (ami: Ami) => Ami = (ami) => ami,
): Pbx {
  if (config.amiHost === '' || config.amiPort === 0) return switchedOff();
  const connected = connectAmi({
    host: config.amiHost,
    port: config.amiPort,
    user: config.amiUser,
    secret: config.amiSecret,
    // OriginateResponse is of the class call; queues and their callers are needed where it is written down only.
    events: record ? 'call,agent' : 'call',
    log: log.child({ room: 'ami' }),
  });
  const ami = watched(connected);
  const clicks: ClickStore = {
    save: (click) => saveClick(db, click),
    update: (id, change, now, from) => updateClick(db, id, change, now, from),
    find: (id) => findClick(db, id),
    countCalls: (userId, since) => countCalls(db, userId, since),
  };
  const actionLog = log.child({ room: 'actions' });
  const stopWatching = watchOriginates({ ami, clicks, log: actionLog });
  const toll = startToll({ config, db, audit: auditStore(db), ami, log: actionLog });
  const comparing = record ? compareWith(config, db, ami, record, log) : null;
  return {
    ami,
    state: () => ami.state(),
    click: clicker(config, ami, clicks, toll.rule, actionLog),
    tollAlarms: () => toll.alarms(),
    clickState: (id, user) => clickState(db, id, user),
    look: async () => comparing?.look(),
    close: async () => {
      stopWatching();
      toll.stop();
      // Side by side: a look that waits for a frozen PBX ends with the connection.
      await Promise.all([comparing?.(), ami.close()]);
    },
  };
}

/**
 * What became of a click, for who clicked it and for who may see everybody's. Its id is no secret: it becomes the call's, which
 * colleagues read in the address of its page.
 */
export async function clickState(
  db: Db,
  id: string,
  user: Pick<Clicker, 'id' | 'role'>,
  now = Date.now(),
): Promise<ClickNow | null> {
  const click = await findClick(db, id);
  if (!click || (user.role === 'operator' && click.userId !== user.id)) return null;
  const call = click.verb === 'call' ? ((await callOfClick(db, id)) as CallSeen | null) : null;
  const { state, text } = observe(click, call, now);
  if (state === 'failed' || state === 'expired') return { click: id, state: 'failed', text };
  return { click: id, state: state === 'confirmed' || state === 'done' ? 'confirmed' : 'sent', text };
}

/** Tables that lack what came more than this ago do not know what is new, ms. */
const BEHIND_MS = 5000;

function compareWith(config: Config, db: Db, ami: Ami, record: Record, log: Log): Comparing {
  const { pbx } = config;
  return startReconcile({
    pbx,
    ami,
    report: record.append,
    openChannels: () => openChannels(db),
    knownChannels: (uniqueids) => knownChannels(db, pbx, uniqueids),
    parkedChannels: () => parkedChannels(db, pbx),
    operators: () => operatorsHeld(db, pbx),
    act: (verb, operator) => performRule(ami, verb, operator, Date.now()),
    behind: () => {
      const { state, behindSince } = record.loop.status();
      return state === null || (behindSince !== null && Date.now() - behindSince > BEHIND_MS);
    },
    longestShiftMs: config.longestShiftHours * 3_600_000,
    log: log.child({ room: 'reconcile' }),
    now: Date.now,
  });
}

function clicker(config: Config, ami: Ami, clicks: ClickStore, destination: DestinationRule, log: Log): Pbx['click'] {
  const { callsPerMinute } = config;
  const limit = rateLimit({ callsPerMinute });
  const deps = { ami, clicks, limit, callsPerMinute, destination, log };
  return async (verb, args, user) => {
    const result = await performClick(deps, { verb, args, user, now: Date.now() });
    if (result.state === 'failed') return { click: result.click, state: 'failed', text: result.error };
    return { click: result.click, state: 'sent', text: 'On its way to the PBX.' };
  };
}

function switchedOff(): Pbx {
  const text = 'No PBX is connected: the manager interface is switched off (DIALHOOK_AMI_HOST). Nothing was sent.';
  return {
    ami: null,
    state: () => null,
    tollAlarms: () => [],
    click: () => Promise.resolve({ click: '', state: 'failed', text }),
    clickState: () => Promise.resolve(null),
    look: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

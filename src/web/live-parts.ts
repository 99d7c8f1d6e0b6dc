// The parts that change: rendered once a snapshot for all who see the same, on the first request that needs them.
import type { Snapshot } from '../call/live.js';
import { type Alarm, LONG_PAUSE_MS, nextAlarm } from './alarms.js';
import type { WebConfig, WebDeps } from './deps.js';
import { clocks } from './format.js';
import { type Fragment, fragment, sharedFragment } from './fragment.js';
import { monitorView } from './monitor-view.js';
import { remembered } from './remembered.js';
import type { Views } from './views.js';
import { colleaguesView, operatorOf, workstationView } from './workstation-view.js';

/** At once when it is rendered already. */
export type Part = Fragment | Promise<Fragment>;

export interface LiveParts {
  monitor(masked: boolean): Part;
  colleagues(): Part;
  workstation(operator: string, masked: boolean): Part;
  /** The same as models, for the first rendering of a page. */
  monitorModel(masked: boolean): object;
  colleaguesModel(): object;
  workstationModel(operator: string, masked: boolean): Promise<object>;
}

/** How long a list of the operator's calls, or what is known of a number, is believed, ms. */
const RECENT_MS = 20_000;
const CLIENT_MS = 60_000;

/** Makes the parts. `base` is the address of the assets. */
export function liveParts(deps: WebDeps, views: Views, base: string, now: () => number): LiveParts {
  const alarms = alarmBook();
  const clock = clocks(deps.config.timeZone);
  const recent = remembered(deps.recentCalls, { forMs: RECENT_MS, waitMs: 500, now, log: deps.log });
  const find = async (number: string) => (await deps.findClient?.(number)) ?? null;
  const client = remembered(find, { forMs: CLIENT_MS, waitMs: 300, now, log: deps.log });
  const shared = { assets: base };

  const monitorModel = (masked: boolean) => {
    const snapshot = deps.snapshots.current();
    if (snapshot === null) return { ...shared, none: true };
    const longPause =
      deps.config.longPauseMinutes === undefined ? LONG_PAUSE_MS : deps.config.longPauseMinutes * 60_000;
    const options = { masked, alarms: alarms(snapshot), now: snapshot.at, longPause, clock: clock.second };
    return { ...shared, tolls: deps.tollAlarms?.() ?? [], ...monitorView(snapshot, options) };
  };
  const colleaguesModel = () => {
    const snapshot = deps.snapshots.current();
    return snapshot === null ? { ...shared, none: true } : { ...shared, ...colleaguesView(snapshot) };
  };
  const workstationModel = async (operator: string, masked: boolean) => {
    const snapshot = deps.snapshots.current();
    if (snapshot === null) return { ...shared, none: true };
    const me = operatorOf(snapshot, operator);
    // A change of state is when the list of calls grows: ask again then.
    const calls = await recent(operator, `${me.state} ${me.call} ${me.offered}`);
    const known = me.party === '' ? null : await client(me.party, '');
    const options = { operator, masked, recent: calls ?? [], client: known ?? null, clock: clock.minute };
    return {
      ...shared,
      reasons: reasons(deps.config).map((reason, index) => ({ reason, key: index < 9 ? index + 1 : '' })),
      ...workstationView(snapshot, options),
    };
  };

  const monitor = perSnapshot(deps, (key) =>
    views.fragment('live/monitor', monitorModel(key === 'masked')).then(sharedFragment),
  );
  const colleagues = perSnapshot(deps, () => views.fragment('live/colleagues', colleaguesModel()).then(sharedFragment));
  const workstation = perSnapshot(deps, async (key) => {
    const [kind, operator = ''] = key.split('/', 2);
    return fragment(await views.fragment('live/workstation', await workstationModel(operator, kind === 'masked')));
  });
  const kind = (masked: boolean) => (masked ? 'masked' : 'plain');
  return {
    monitor: (masked) => monitor(kind(masked)),
    colleagues: () => colleagues(''),
    workstation: (operator, masked) => workstation(`${kind(masked)}/${operator}`),
    ...{ monitorModel, colleaguesModel, workstationModel },
  };
}

export const reasons = (config: WebConfig): readonly string[] => config.pauseReasons;

/** Renders each key once a snapshot; what comes out the same keeps its buffer and its ETag. */
function perSnapshot({ snapshots }: WebDeps, render: (key: string) => Promise<Fragment>): (key: string) => Part {
  let of: Snapshot | null = null;
  let parts = new Map<string, Part>();
  return (key) => {
    const snapshot = snapshots.current();
    if (snapshot !== of) {
      of = snapshot;
      parts = new Map();
    }
    const known = parts.get(key);
    if (known) return known;
    const mine = parts;
    const making = render(key);
    mine.set(key, making);
    making.then(
      (made) => mine.set(key, made),
      // A rendering that failed is tried again by the next request.
      () => mine.delete(key),
    );
    return making;
  };
}

/** The alarms of all queues, moved on once a snapshot. */
function alarmBook(): (snapshot: Snapshot) => ReadonlyMap<string, Alarm> {
  let at: Snapshot | null = null;
  let book = new Map<string, Alarm>();
  return (snapshot) => {
    if (snapshot !== at) {
      book = new Map(snapshot.queues.map((q) => [q.queue, nextAlarm(book.get(q.queue), q, snapshot.at)]));
      at = snapshot;
    }
    return book;
  };
}

// One look at the PBX: what the tables say against what it says, and what follows from it.
import type { Ami, AmiLog, AmiMessage } from '../ami/index.js';
import { breathe } from './breathe.js';
import { type ChannelNow, readChannels } from './channels.js';
import { compare, grown, type Missed, type OpenChannel, torn } from './compare.js';
import { type Correction, differences, membersOf, type OperatorSeen, overdue } from './crew.js';
import { channelLine, type Fields, operatorLine, type ReportDeps, tell } from './lines.js';
import { endpointOf, type Party } from './parties.js';
import { isEntry } from './places.js';
import { type Sightings, twice } from './twice.js';
import type { Watch } from './watch.js';

export interface ReconcileDeps extends ReportDeps {
  /** Name of the PBX that `ami` leads to; channels and operators of others are left alone. */
  pbx: string;
  ami: Pick<Ami, 'list' | 'on'>;
  openChannels(): Promise<readonly OpenChannel[]>;
  /** Which of these uniqueids the tables know, of running or of finished calls. */
  knownChannels(uniqueids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Uniqueids of the channels that the tables hold as parked. */
  parkedChannels(): Promise<ReadonlySet<string>>;
  /** The operators of this PBX by the tables. */
  operators(): Promise<readonly OperatorSeen[]>;
  /** Asks the PBX to carry out a verb of ours for an operator. */
  act(verb: NonNullable<Correction['act']>, operator: string): Promise<unknown>;
  /** True while the tables lack what the journal holds: then what they do not know says nothing. */
  behind(): boolean;
  /** See Rules. */
  longestShiftMs: number;
  log: Pick<AmiLog, 'info' | 'warn' | 'debug'>;
  /** ms since the epoch. */
  now(): number;
}

/** What a look hands to the next one. */
export interface Memory {
  missed: Missed;
  strange: Sightings;
  torn: Sightings;
  parked: Sightings;
  crew: Sightings;
  /** Operators whose wrap-up the PBX was asked to end. */
  asked: ReadonlySet<string>;
}
export const NOTHING_YET: Memory = {
  ...{ missed: new Map(), strange: new Map(), torn: new Map(), parked: new Map(), crew: new Map(), asked: new Set() },
};

const LIST_MS = 10_000;
/** Most lines of one sort that a look writes, the rest is there at the next one; and how many in one go. */
const MOST = 1000;
const AT_ONCE = 50;

/**
 * One look. Rejects, and has reported nothing, when the list of channels could not be read whole or the tables did not answer.
 * What comes after it stands on its own: if it fails it is logged, and the rest is done.
 */
export async function reconcile(
  deps: ReconcileDeps,
  before: Memory,
  watch: Pick<Watch, 'places'> | null = null,
): Promise<Memory> {
  // The tables first: a channel that starts in between is in the list and not in the tables, which harms nobody.
  const open = (await deps.openChannels()).filter((channel) => channel.pbx === deps.pbx);
  const channels = await readChannels(deps.ami);
  const now = deps.now();
  const { lost, missed } = compare(open, new Set(channels.map((one) => one.uniqueid)), before.missed, now);
  await report(deps, lost.map(lostLine(now)), 'channels are gone that nobody reported');
  const after = { ...before, missed };
  await part(deps, 'channels', async () => Object.assign(after, await strangers(deps, before, channels, open, now)));
  await part(deps, 'parked calls', async () => Object.assign(after, await parkedUnseen(deps, before, channels, now)));
  await part(deps, 'queues', async () => {
    const items = await deps.ami.list('QueueStatus', {}, { complete: 'QueueStatusComplete', timeoutMs: LIST_MS });
    const parties = new Map<string, Party>(channels.map((one) => [one.uniqueid, one]));
    await watch?.places.seen(items.filter(isEntry), parties, now);
    if (!deps.behind()) Object.assign(after, await lookAtCrew(deps, before, items, channels, now));
  });
  return after;
}

async function part(deps: ReconcileDeps, what: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    deps.log.warn({ err: error, pbx: deps.pbx, what }, 'a part of the PBX could not be compared with the tables');
  }
}

async function report(deps: ReconcileDeps, lines: readonly string[], text: string): Promise<void> {
  if (lines.length === 0) return;
  const most = Math.min(MOST, lines.length);
  for (let from = 0; from < most; from += AT_ONCE) {
    // Side by side, so that they share the journal's fsync; not all at once, so that calls are answered in between.
    await Promise.all(lines.slice(from, Math.min(most, from + AT_ONCE)).map((line) => tell(deps, line)));
    await breathe();
  }
  deps.log.info({ pbx: deps.pbx, lines: lines.length }, text);
}

/** The id is the same each time it is found, so a repeat counts once. */
const lostLine =
  (at: number) =>
  ({ call, pbx, uniqueid, channel }: OpenChannel): string =>
    channelLine(pbx, 'lost', { call, uniqueid, channel, linkedid: '' }, at, { reason: 'gone from the PBX' }, '0');

async function strangers(
  deps: ReconcileDeps,
  before: Memory,
  channels: readonly ChannelNow[],
  open: readonly OpenChannel[],
  now: number,
): Promise<Partial<Memory>> {
  if (deps.behind()) return {};
  const calls = new Map(open.map((one) => [one.uniqueid, one.call]));
  const unknown = grown(channels).filter((one) => !calls.has(one.uniqueid));
  const known = unknown.length === 0 ? new Set() : await deps.knownChannels(unknown.map((one) => one.uniqueid));
  const strange = twice(
    unknown.filter((one) => !known.has(one.uniqueid)),
    (one) => one.uniqueid,
    before.strange,
    now,
  );
  const lines = strange.sure.map((one) => channelLine(deps.pbx, 'found', one, now, foundFields(one, now), '0'));
  await report(deps, lines, 'channels live that nobody announced');

  const apart = twice(torn(channels, open, now), (one) => `${one.uniqueid}/${one.linkedid}`, before.torn, now);
  const joins = apart.sure.map((one) => {
    const party = { ...one, call: one.call || calls.get(one.uniqueid) || '' };
    return channelLine(deps.pbx, 'found', party, now, foundFields(one, now), one.linkedid);
  });
  await report(deps, joins, 'calls became one and nobody said so');
  return { strange: strange.seen, torn: apart.seen };
}

const foundFields = (channel: ChannelNow, now: number): Fields => ({
  endpoint: endpointOf(channel.channel),
  from: channel.number,
  to: channel.other,
  state: channel.state,
  application: channel.application.slice(0, 80),
  bridge: channel.bridge,
  since: channel.age === null ? null : now - channel.age,
});

/**
 * Parked callers whose event was missed. ParkedCalls would name slot and time, but asks for the right to hang up and redirect any
 * call; the bridges show who is parked, in which lot, without any right.
 */
async function parkedUnseen(
  deps: ReconcileDeps,
  before: Memory,
  channels: readonly ChannelNow[],
  now: number,
): Promise<Partial<Memory>> {
  if (deps.behind()) return {};
  // What a lot is made of; the filter that is called BridgeType is one of the technology.
  const filter = { BridgeType: 'holding_bridge' };
  const items = await deps.ami.list('BridgeList', filter, { complete: 'BridgeListComplete', timeoutMs: LIST_MS });
  const lots = new Map(
    items
      .filter((item) => item.get('BridgeType') === 'parking')
      .map((item) => [item.get('BridgeUniqueid'), item.get('BridgeName')]),
  );
  const inLots = channels.filter((one) => one.bridge !== '' && lots.has(one.bridge));
  const known = inLots.length === 0 ? new Set() : await deps.parkedChannels();
  const unknown = inLots.filter((one) => !known.has(one.uniqueid));
  const { sure, seen } = twice(unknown, (one) => one.uniqueid, before.parked, now);
  const lines = sure.map((one) => channelLine(deps.pbx, 'park', one, now, { lot: lots.get(one.bridge) }));
  await report(deps, lines, 'callers are parked and nobody said so');
  return { parked: seen };
}

async function lookAtCrew(
  deps: ReconcileDeps,
  before: Memory,
  items: readonly AmiMessage[],
  channels: readonly ChannelNow[],
  now: number,
): Promise<Partial<Memory>> {
  const rows = await deps.operators();
  const members = membersOf(items);
  const keyOf = (one: Correction) => [one.operator, one.since, one.kind, one.fields['reason'] ?? ''].join('/');
  const { sure, seen } = twice(differences(rows, members, now), keyOf, before.crew, now);
  const busy = new Set(channels.map((one) => endpointOf(one.channel)));
  const { longestShiftMs } = deps;
  const late = overdue(rows, members, now, { longestShiftMs, busy, asked: before.asked });
  const lines = [...sure, ...late].flatMap((one) => {
    if (one.kind === null) return [];
    // Later than what it corrects, whatever the clocks say: the newest word about an operator counts.
    const times = { at: Math.max(now, one.since + 1), since: one.since };
    return [operatorLine(deps.pbx, one.kind, one.operator, times, one.fields)];
  });
  await report(deps, lines, 'operators are in another state than the tables said');
  for (const one of late) if (one.act !== null) await act(deps, one.act, one.operator);
  return { crew: seen, asked: new Set(late.filter((one) => one.act === 'done').map((one) => one.operator)) };
}

/** What the PBX does not do now it is asked again at the next look. */
const act = (deps: ReconcileDeps, verb: NonNullable<Correction['act']>, operator: string): Promise<unknown> =>
  deps.act(verb, operator).catch((error: unknown) => {
    deps.log.warn({ err: error, pbx: deps.pbx, verb, operator }, 'the PBX did not carry out what a rule asked for');
  });

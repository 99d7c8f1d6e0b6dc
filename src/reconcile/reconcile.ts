import type { Ami, AmiLog } from '../ami/index.js';
import { formatLine } from '../call/event.js';
import { compare, type Missed, type OpenChannel } from './compare.js';

export interface ReconcileDeps {
  /** Name of the PBX that `ami` leads to; channels of others are left alone. */
  pbx: string;
  ami: Pick<Ami, 'list' | 'on'>;
  openChannels(): Promise<readonly OpenChannel[]>;
  /** Takes one event line, as the hooks send them. */
  report(line: string): Promise<unknown> | unknown;
  log: Pick<AmiLog, 'info' | 'warn' | 'debug'>;
  /** ms since the epoch. */
  now(): number;
}

const LIST_MS = 10_000;
const COMPLETE = 'CoreShowChannelsComplete';

/**
 * One look: reports a `lost` event for each channel that is gone from the PBX for the second time, and gives what the next
 * look needs. Rejects, and has reported nothing, when the list could not be read whole or the tables did not answer.
 */
export async function reconcile(deps: ReconcileDeps, before: Missed): Promise<Missed> {
  // The tables first: a channel that starts in between is in the list and not in the tables, which harms nobody.
  const open = (await deps.openChannels()).filter((channel) => channel.pbx === deps.pbx);
  const items = await deps.ami.list('CoreShowChannels', {}, { complete: COMPLETE, timeoutMs: LIST_MS });
  const present = new Set<string>();
  for (const item of items) {
    const uniqueid = item.get('uniqueid');
    if (uniqueid === undefined) throw new Error('CoreShowChannels gave a channel without a Uniqueid');
    present.add(uniqueid);
  }
  const now = deps.now();
  const { lost, missed } = compare(open, present, before, now);
  for (const channel of lost) await deps.report(lostLine(channel, now));
  if (lost.length > 0) deps.log.info({ pbx: deps.pbx, lost: lost.length }, 'channels are gone that nobody reported');
  return missed;
}

/** The id is the same each time it is found, so a repeat counts once. */
const lostLine = ({ call, pbx, uniqueid, channel }: OpenChannel, at: number): string =>
  formatLine({
    v: 1,
    id: `${pbx}-${uniqueid}-lost-0`,
    at,
    pbx,
    event: 'lost',
    call,
    channel,
    uniqueid,
    source: 'ami',
    reason: 'gone from the PBX',
  });

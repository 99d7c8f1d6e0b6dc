// How an Originate ended, as the PBX tells it in an OriginateResponse event.
import type { Ami, AmiLog, AmiMessage } from '../ami/index.js';
import type { ClickStore } from './clicks.js';

/** A click that came to nothing, and why. */
export interface Unoriginated {
  click: string;
  error: string;
}

/** Words for `Reason` when a click was to make a call; seen on 16 and 22. 0 stands for "no such phone" and for "ended without an answer". */
const CALL_REASONS: Record<string, string> = {
  '0': 'Your phone could not be reached, or ended the call.',
  '1': 'Your phone ended the call.',
  '3': 'Your phone was not answered.',
  '5': 'Your phone is busy or refused the call.',
  '8': 'The PBX had no way to your phone.',
};
const WORK_FAILED = 'The PBX could not carry it out.';

/** Reads an OriginateResponse of a click that failed; null for anything else. The ActionID is the click's id. */
export function readOriginateResponse(message: AmiMessage): Unoriginated | null {
  const click = message.get('actionid') ?? '';
  if (message.get('event') !== 'OriginateResponse' || !click.startsWith('c-')) return null;
  if (message.get('response')?.toLowerCase() !== 'failure') return null;
  if (message.get('exten') !== 'call') return { click, error: WORK_FAILED };
  const reason = message.get('reason') ?? '';
  return { click, error: CALL_REASONS[reason] ?? `The PBX gave up with reason ${reason || 'unknown'}.` };
}

/** Writes failed Originates into their clicks, until the returned function is called. What the dialplan said of a click stands. */
export function watchOriginates(deps: {
  ami: Pick<Ami, 'on'>;
  clicks: Pick<ClickStore, 'update'>;
  log: Pick<AmiLog, 'error'>;
  now?: () => number;
}): () => void {
  const { ami, clicks, log, now = Date.now } = deps;
  return ami.on('event', (message) => {
    const read = readOriginateResponse(message);
    if (read === null) return;
    const change = { state: 'failed', error: read.error } as const;
    clicks.update(read.click, change, now(), ['sending', 'sent']).catch((error: unknown) => {
      log.error({ err: error, click: read.click }, 'the failure of a click could not be written down');
    });
  });
}

// Pure. The recordings of a call as its page shows them, for who may listen.
import type { CallRecording, KeepMark } from '../deps.js';

export interface RecordingsView {
  rows: { id: string; at: string; size: string; ending: string; plays: boolean; takes: boolean; says: string }[];
  kept: { by: string; on: string; why: string } | null;
}

export interface RecordingsOptions {
  /** Writers of a moment. */
  clock: { date(at: number): string; second(at: number): string };
}

const UNITS = ['bytes', 'KB', 'MB', 'GB'];

/** `812 KB`. */
function inBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

export function recordingsView(
  recordings: readonly CallRecording[],
  kept: KeepMark | null,
  { clock }: RecordingsOptions,
): RecordingsView {
  const moment = (at: number) => `${clock.date(at)} ${clock.second(at)}`;
  const says = ({ state, goneAt, goneWhy, ending, plays }: CallRecording): string => {
    const on = goneAt === null ? '' : ` on ${clock.date(goneAt)}`;
    if (state === 'growing') return 'Still being recorded: it can be heard when the call is over.';
    if (state === 'empty') return 'Nothing was recorded: nobody spoke, or the disk was full.';
    if (state === 'purged') return `Deleted${on}${goneWhy === '' ? '' : ` (${goneWhy})`}.`;
    if (state === 'gone') return 'The file is not there any more.';
    return plays ? '' : `Browsers can not play ${ending}.`;
  };
  return {
    rows: recordings.map((one) => ({
      ...{ id: one.id, at: moment(one.takenAt), size: inBytes(one.bytes), ending: one.ending, says: says(one) },
      ...{ plays: one.state === 'whole' && one.plays, takes: one.state === 'whole' },
    })),
    kept: kept === null ? null : { by: kept.login, on: clock.date(kept.at), why: kept.why },
  };
}

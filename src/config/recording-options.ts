// Options of the recordings: where they are, how long they are kept, how full their disk may be.
import { type Kind, whole } from './kinds.js';

const MOST_DAYS = 36_500;

/** Days by queue; the queues' names as the PBX has them. */
export const queueDays: Kind<Record<string, number>> = {
  what: `days by queue such as 400=365, sales=90 (0: for ever, at most ${MOST_DAYS}), joined by commas, or empty`,
  read: (value) => {
    const found: Record<string, number> = Object.create(null) as Record<string, number>;
    for (const one of value.split(',').map((part) => part.trim())) {
      if (one === '') continue;
      const [, queue = '', days = ''] = /^([^=,\s][^=,]{0,79}?) *= *(\d{1,5})$/.exec(one) ?? [];
      if (queue === '' || Number(days) > MOST_DAYS || Object.hasOwn(found, queue)) return undefined;
      found[queue] = Number(days);
    }
    return found;
  },
};

const folder: Kind<string> = {
  what: 'an absolute path, or empty: recordings are neither found nor played',
  read: (value) =>
    value === '' || (value.startsWith('/') && !value.includes('\0')) ? value.replace(/(?<=.)\/+$/, '') : undefined,
};

const percent = (zero: string): Kind<number> => {
  const kind = whole(0, 99, 'percent');
  return { ...kind, what: `${kind.what}; 0: ${zero}` };
};

const option = <T>(env: string, kind: Kind<T>, fallback: string, help: string) => ({
  ...{ env: `DIALHOOK_${env}`, kind, fallback, help, secret: false },
});

export const RECORDING_OPTIONS = {
  recordings: option(
    'RECORDINGS',
    folder,
    '',
    'Folder of the recordings, as this host sees it: the global DH_RECORDINGS, on FreePBX /var/spool/asterisk/monitor.',
  ),
  recordingsKeepDays: option(
    'RECORDINGS_KEEP_DAYS',
    whole(0, MOST_DAYS, 'days'),
    '0',
    'Recordings older than this are deleted at night. 0: never.',
  ),
  recordingsKeepQueues: option(
    'RECORDINGS_KEEP_QUEUES',
    queueDays,
    '',
    'Other days for calls of some queues; a call of several queues is kept as the longest of them says.',
  ),
  recordingsPurgeHour: option(
    'RECORDINGS_PURGE_HOUR',
    whole(0, 23, 'hour'),
    '3',
    'From which hour on of the zone of the call centre the server deletes what is older.',
  ),
  recordingsPurgeRate: option(
    'RECORDINGS_PURGE_RATE',
    whole(1, 1000, 'files a second'),
    '20',
    'How many recordings are deleted in a second at most.',
  ),
  recordingsDiskWarn: option(
    'RECORDINGS_DISK_WARN',
    percent('nothing is said'),
    '85',
    'How full the disk of the recordings may be before the monitor and /health say so.',
  ),
  recordingsDiskLimit: option(
    'RECORDINGS_DISK_LIMIT',
    percent('nothing is deleted'),
    '0',
    'How full it may be before the oldest recordings are deleted whatever their age, those marked to be kept and of the last day apart.',
  ),
};

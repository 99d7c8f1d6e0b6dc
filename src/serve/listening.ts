// The recordings of a call as a page shows them, and one opened to be heard.
import { lstat } from 'node:fs/promises';
import { formatOf, stateOf } from '../recordings/layout.js';
import { openBelow, PlaceError, placeBelow } from '../recordings/place.js';
import type { Db } from '../store/database.js';
import { callsRunning, keepCall, listKeeps, releaseCalls } from '../store/recording-calls.js';
import { type Recording, recordingById, recordingsOfCalls } from '../store/recordings.js';
import type { CallRecording, Listening, Opened } from '../web/deps.js';

/** For the pages; undefined where no folder of recordings is configured. */
export function listeningIn(db: Db, root: string, now: () => number = Date.now): Listening | undefined {
  if (root === '') return undefined;
  return {
    async of(calls) {
      const found = await recordingsOfCalls(db, calls);
      const running = await callsRunning(db, calls);
      return Promise.all(found.map((one) => shown(root, one, running.has(one.call), now())));
    },
    async open(id): Promise<Opened> {
      const one = await recordingById(db, id);
      if (one === null) return { state: 'unknown' };
      if (one.state === 'purged') return { state: 'purged' };
      const format = formatOf(one.path);
      if (format === null) return { state: 'unknown' };
      try {
        const { file, bytes, modifiedAt } = await openBelow(root, one.path);
        const running = one.call !== '' && (await callsRunning(db, [one.call])).size > 0;
        if (running || stateOf({ name: one.path, bytes, modifiedAt }, now()) === 'growing') {
          await file.close();
          return { state: 'growing' };
        }
        return {
          state: 'open',
          file,
          bytes,
          type: format.type,
          call: one.call,
          name: baseOf(one.path),
          ending: endingOf(one),
        };
      } catch (error) {
        if (error instanceof PlaceError) return { state: error.why === 'gone' ? 'gone' : 'unknown' };
        throw error;
      }
    },
    kept: async (calls) => (await listKeeps(db, calls))[0] ?? null,
    keep: (mark) => keepCall(db, mark),
    release: async (calls) => (await releaseCalls(db, calls)) > 0,
  };
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const endingOf = ({ path }: Recording): string => path.slice(path.lastIndexOf('.') + 1);

/** As the disk has it now: the index may be a minute old. */
async function shown(root: string, one: Recording, running: boolean, now: number): Promise<CallRecording> {
  const base = { id: one.id, takenAt: one.takenAt, ending: endingOf(one), plays: formatOf(one.path)?.plays === true };
  const past = { goneAt: one.goneAt, goneWhy: one.goneWhy };
  if (one.state === 'purged') return { ...base, ...past, state: 'purged', bytes: one.bytes };
  const found = await placeBelow(root, one.path)
    .then((full) => lstat(full))
    .catch(() => null);
  if (!found?.isFile()) return { ...base, ...past, state: 'gone', bytes: one.bytes };
  const file = { name: one.path, bytes: found.size, modifiedAt: Math.floor(found.mtimeMs) };
  const state = running ? 'growing' : stateOf(file, now);
  return { ...base, goneAt: null, goneWhy: '', state, bytes: found.size };
}

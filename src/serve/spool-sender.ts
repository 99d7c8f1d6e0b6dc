// Brings spool files to a server that may be on another host: each line goes as the dialplan would send it, and counts as
// brought when the server has confirmed it.
import type { SpoolResult, SpoolTask } from '../cli/deps.js';
import { takeSpool } from '../record/spool.js';
import { callAgi } from '../simulator/agi-client.js';

/** A line that is not confirmed within this is not brought, ms. */
const PATIENCE_MS = 5000;
/** Connections at a time: the calls that begin meanwhile find room in the server's backlog. */
const AT_ONCE = 8;

/** Rejects when a line was not confirmed; its file then lies beside the spool as `….taken-…`, and the next run goes on with it. */
export async function sendSpool({ files, host, port, progress }: SpoolTask): Promise<SpoolResult> {
  const result: SpoolResult = { files: 0, lines: 0 };
  let sent = 0;
  const turn = gate(AT_ONCE);
  const send = (line: string) =>
    turn(async () => {
      await confirm(line, host, port);
      sent += 1;
      progress(sent);
    });
  for (const file of files) {
    const taken = await takeSpool(file, send);
    result.files += taken.files;
    result.lines += taken.lines;
  }
  return result;
}

async function confirm(line: string, host: string, port: number): Promise<void> {
  const channel = { name: 'Spool/file', uniqueid: 'spool', number: '', callerName: '', dnid: '' };
  const request = { host, port, path: 'event', args: [line], channel, context: 'spool', extension: 's', priority: 1 };
  const { status, variables, error, timedOut } = await callAgi(request, { boundMs: PATIENCE_MS }).outcome;
  if (variables.get('DH_ACK') === '1') return;
  const why = status === 'FAILURE' ? error : timedOut ? `silent for ${PATIENCE_MS / 1000} s` : 'it did not confirm';
  throw new Error(`the FastAGI server at ${host}:${port} did not take an event: ${why}`);
}

/** Lets so many act at a time; the others wait for their turn. */
function gate(room: number): (act: () => Promise<void>) => Promise<void> {
  let free = room;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (free === 0) await new Promise<void>((go) => waiting.push(go));
    else free -= 1;
    try {
      await act();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

import type { Command } from 'commander';
import type { CliCommand, Context } from '../command.js';
import type { RecordingsDoor } from '../deps.js';
import { Failure } from '../failure.js';

const USAGE = `The files of the recordings: what there is, of which calls, and how long it stays.

Usage: dialhook recordings status [--json]
       dialhook recordings scan [--full] [--json]
       dialhook recordings move [--from FOLDER] [--dry-run] [--json]
       dialhook recordings purge [--dry-run] [--json]
       dialhook recordings keep CALL [--why TEXT]
       dialhook recordings release CALL

  status          files, size, disk, rules and marks; reads the tables, not the disk
  scan            look for new, moved and gone files and for their calls; the server does it each minute
    --full        read also folders that have not changed
  move            out of a flat folder into <year>/<month>/<day>, where FreePBX looks for them. Nothing is overwritten; a run that
                  was broken off is simply run again
    --from FOLDER the flat folder; DIALHOOK_RECORDINGS itself unless said. It may be on another disk
  purge           delete what is older than DIALHOOK_RECORDINGS_KEEP_DAYS and _KEEP_QUEUES say; the server does it each night
  --dry-run       change nothing, say what would be done
  keep            no rule deletes the recordings of this call any more
    --why TEXT    what for, as the page of the call shows it
  release         take that mark off again
  --json          for programs

It ends with code 1 when a file could not be moved or deleted. Run it as a user who may change the files: root, or asterisk.

Examples:
  dialhook recordings status
  dialhook recordings move --dry-run
  dialhook recordings purge --dry-run
  dialhook recordings keep pbx1-1768464000.11 --why "claim 17"
`;

const EVERY_MS = 1000;
/** How many files that were not moved are named. */
const NAMED = 20;

interface Flags {
  json?: boolean;
  full?: boolean;
  from?: string;
  dryRun?: boolean;
  why?: string;
}

export const recordings: CliCommand = {
  name: 'recordings',
  usage: USAGE,
  add(program, context) {
    const command = program.command('recordings');
    const inner = (name: string) => command.command(name);
    const act = (made: Command, work: (door: RecordingsDoor, flags: Flags, argument: string) => Promise<void>) =>
      made.action(async (...given: unknown[]) => {
        const argument = typeof given[0] === 'string' ? given[0] : '';
        const flags = (argument === '' ? given[0] : given[1]) as Flags;
        await withDoor(context, (door) => work(door, flags, argument));
      });
    act(inner('status').option('--json'), (door, flags) => status(context, door, flags));
    act(inner('scan').option('--full').option('--json'), (door, flags) => scan(context, door, flags));
    act(inner('move').option('--from <folder>').option('--dry-run').option('--json'), (door, flags) =>
      move(context, door, flags),
    );
    act(inner('purge').option('--dry-run').option('--json'), (door, flags) => purge(context, door, flags));
    act(inner('keep <call>').option('--why <text>'), async (door, { why = '' }, call) => {
      if (!(await door.keep(call, why))) throw new Failure(`no call ${call} is known`);
      context.io.out(`The recordings of ${call} are kept.\n`);
    });
    act(inner('release <call>'), async (door, _flags, call) => {
      if (!(await door.release(call))) throw new Failure(`no mark is on ${call}`);
      context.io.out(`The recordings of ${call} are kept no longer than the rules say.\n`);
    });
  },
};

async function withDoor(context: Context, work: (door: RecordingsDoor) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const unlisten = context.io.onInterrupt(() => stop.abort());
  const door = await context.deps.recordings(context.config(), stop.signal);
  try {
    await work(door);
  } finally {
    unlisten();
    await door.close();
  }
}

async function status({ io }: Context, door: RecordingsDoor, { json = false }: Flags): Promise<void> {
  const found = await door.status();
  if (json) {
    io.out(`${JSON.stringify(found, null, 2)}\n`);
    return;
  }
  const { disk } = found;
  const count = (state: string) => found.totals.filter((one) => one.state === state);
  const sum = (some: typeof found.totals, of: 'files' | 'bytes') => some.reduce((all, one) => all + one[of], 0);
  const there = found.totals.filter(({ state }) => state !== 'gone' && state !== 'purged');
  const unlinked = sum(
    there.filter(({ linked }) => !linked),
    'files',
  );
  io.out(
    [
      `folder    ${found.folder}`,
      `disk      ${disk === null ? 'can not be read' : `${Math.floor(disk.takenPercent)} % full, ${size(disk.free)} left`}`,
      `files     ${sum(there, 'files')}, ${size(sum(there, 'bytes'))}; ${unlinked} of them of no known call`,
      `          ${sum(count('growing'), 'files')} being written, ${sum(count('empty'), 'files')} without sound`,
      `gone      ${sum(count('purged'), 'files')} deleted by a rule, ${sum(count('gone'), 'files')} otherwise`,
      `kept for  ${found.days === 0 ? 'ever' : `${found.days} days`}${Object.entries(found.queues)
        .map(([queue, days]) => `, ${queue}: ${days === 0 ? 'for ever' : `${days} days`}`)
        .join('')}`,
      `marked    ${found.marks.length} calls`,
      '',
    ].join('\n'),
  );
}

async function scan(context: Context, door: RecordingsDoor, { json = false, full = false }: Flags): Promise<void> {
  const from = Date.now();
  const progress = ticker(context);
  const done = await door.scan({ full, progress: (files) => progress(`${files} files`) });
  const seconds = (Date.now() - from) / 1000;
  if (json) context.io.out(`${JSON.stringify({ ...done, seconds }, null, 2)}\n`);
  else
    context.io.out(
      `${done.found} new files, ${done.moved} moved, ${done.gone} gone, in ${done.read} of ${done.folders} folders; ${done.linked} of ${done.tried} found their call; ${done.odd} odd ones left alone; ${seconds.toFixed(1)} s\n`,
    );
}

async function move(context: Context, door: RecordingsDoor, flags: Flags): Promise<void> {
  const { json = false, dryRun = false, from } = flags;
  const progress = ticker(context);
  const left: string[] = [];
  let files = 0;
  const counts = await door.move({
    from: from ?? null,
    dryRun,
    tell: ({ name, to, how, error }) => {
      files += 1;
      if (how === 'collision' || how === 'same' || how === 'failed')
        left.push(`${how}: ${name} → ${to}${error === '' ? '' : `: ${error}`}`);
      progress(`${files} files`);
    },
  });
  const { io } = context;
  if (json) io.out(`${JSON.stringify({ dryRun, ...counts, left }, null, 2)}\n`);
  else {
    for (const one of left.slice(0, NAMED)) io.out(`${printable(one)}\n`);
    if (left.length > NAMED) io.out(`… and ${left.length - NAMED} more\n`);
    const { moved, done, growing, collision, same, failed, bytes } = counts;
    io.out(
      `${moved} files ${dryRun ? 'would be moved' : 'moved'}, ${size(bytes)}; ${done} had been moved by a run that was broken off; ${growing} are being written; ${collision} names are taken, ${same} files are there twice, ${failed} failed: they were left where they are.\n`,
    );
  }
  if (counts.failed + counts.collision > 0) context.badNews();
}

async function purge(context: Context, door: RecordingsDoor, { json = false, dryRun = false }: Flags): Promise<void> {
  const progress = ticker(context);
  const counts = await door.purge({ dryRun, progress: (files) => progress(`${files} files`) });
  const { io } = context;
  if (json) io.out(`${JSON.stringify({ dryRun, ...counts }, null, 2)}\n`);
  else {
    for (const one of counts.rules) io.out(`${printable(one.rule)}: ${one.files} files, ${size(one.bytes)}\n`);
    io.out(
      `${counts.files} files, ${size(counts.bytes)} ${dryRun ? 'would be deleted' : 'deleted'}; ${counts.kept} are old enough, but marked to be kept; ${counts.failed} failed${counts.firstError === '' ? '' : `: ${printable(counts.firstError)}`}.\n`,
    );
  }
  if (counts.failed > 0) context.badNews();
}

/** Once a second; on a terminal on one line. */
function ticker({ io }: Context): (text: string) => void {
  let shownAt = Date.now();
  return (text) => {
    if (Date.now() - shownAt < EVERY_MS) return;
    shownAt = Date.now();
    io.err(io.interactive ? `\r${text}` : `${text}\n`);
  };
}

/** Callers write parts of the names. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is shown as a sign
const printable = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');

function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}

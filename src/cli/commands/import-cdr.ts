import { InvalidArgumentError } from 'commander';
import type { CliCommand, Context } from '../command.js';
import { Failure } from '../failure.js';
import { progressLine, stopper, withPassword } from '../import-source.js';
import { wholeNumber } from '../numbers.js';

const USAGE = `Brings the calls of an existing Asterisk cdr in, from a table or from Master.csv.

Usage: dialhook import-cdr --from mysql://USER@HOST/DATABASE [--table NAME] [--cel [TABLE]] [options]
       dialhook import-cdr --from FILE [--columns NAMES] [--cel FILE] [options]

  --from SOURCE           database (mysql://user@host:port/asteriskcdrdb) or file of cdr_csv; nothing is written there
  --table NAME            the table (default: cdr)
  --cel [NAME]            use cel too: times to the millisecond, transfers, who hung up (default: the table cel)
  --columns NAMES         names of a file's columns, joined by commas, when they are not those of cdr_csv
  --since DATE            only calls that began on that day or later, such as 2026-01-31
  --until DATE            only calls that began before that day
  --pbx NAME              name of the PBX they were made on (default: the one of the configuration)
  --time-zone ZONE        zone of calldate, such as Asia/Tashkent (default: the one of the configuration)
  --operators PATTERN     which endpoints are operators' phones, a regular expression (default: ^[0-9]{2,6}$)
  --batch N               calls in one transaction (default: 500)
  --dry-run               read and judge everything, write nothing

The password is never on the command line: DIALHOOK_IMPORT_PASSWORD, or a file named by DIALHOOK_IMPORT_PASSWORD_FILE, or it is asked for.
A run that is stopped or killed goes on where it was. Run again, it brings what is new. Calls that the server's own hooks recorded
are left alone. What is doubtful is marked in the call's odd; what can't be used is kept in rejected_imports.

Examples:
  dialhook import-cdr --from mysql://asterisk@192.0.2.10/asteriskcdrdb --dry-run
  dialhook import-cdr --from mysql://asterisk@192.0.2.10/asteriskcdrdb --cel --since 2025-01-01
  dialhook import-cdr --from Master.csv --time-zone UTC
`;

interface Options {
  from: string;
  table: string;
  cel?: string | true;
  columns?: string;
  since?: string;
  until?: string;
  pbx?: string;
  timeZone?: string;
  operators: RegExp;
  batch: number;
  dryRun?: boolean;
}

export const importCdr: CliCommand = {
  name: 'import-cdr',
  usage: USAGE,
  add(program, context) {
    program
      .command('import-cdr')
      .requiredOption('--from <source>')
      .option('--table <name>', '', tableName, 'cdr')
      .option('--cel [name]')
      .option('--columns <names>')
      .option('--since <date>', '', day)
      .option('--until <date>', '', day)
      .option('--pbx <name>', '', pbxName)
      .option('--time-zone <zone>', '', zoneName)
      .option('--operators <pattern>', '', pattern, /^[0-9]{2,6}$/)
      .option('--batch <n>', '', wholeNumber(1, 5000), 500)
      .option('--dry-run')
      .action((options: Options) => run(context, options));
  },
};

async function run(context: Context, options: Options): Promise<void> {
  const { io, deps } = context;
  const config = context.config();
  const database = /^(mysql|mariadb):\/\//.test(options.from);
  if (!database && options.cel === true) throw new Failure('beside a file, --cel needs the file of cel: --cel FILE');
  const from = await withPassword(options.from, config.importPassword, io);
  const show = progressLine(io, 'rows');
  const { signal, off } = stopper(context);
  try {
    const { counts, name, notes } = await deps.importCdr(config, {
      from,
      table: options.table,
      cel: options.cel === true ? 'cel' : (options.cel ?? null),
      columns: options.columns?.split(',').map((one) => one.trim().toLowerCase()) ?? [],
      since: options.since ?? null,
      until: options.until ?? null,
      pbx: options.pbx ?? null,
      timeZone: options.timeZone ?? null,
      ...{ operators: options.operators, batch: options.batch, dryRun: options.dryRun === true, signal },
      note: (text) => io.err(`${text}\n`),
      progress: show,
    });
    if (io.interactive) io.err('\n');
    io.out(`${name}: ${counts.rows} rows read${signal.aborted ? ', stopped; the same command goes on' : ''}\n`);
    io.out(
      `${counts.calls} calls ${options.dryRun ? 'would be imported' : 'imported'}, ${counts.doubtful} of them doubtful (why stands in odd)\n`,
    );
    io.out(
      `${counts.unchanged} stood already, ${counts.completed} had grown, ${counts.recorded} were recorded by our own hooks, ${counts.outside} lie outside --since and --until\n`,
    );
    io.out(
      `${counts.rejected} rows could not be used${counts.rejected > 0 && !options.dryRun ? ' and are kept in rejected_imports with the reason' : ''}\n`,
    );
    for (const text of notes) io.out(`${text}\n`);
  } finally {
    off();
  }
}

function day(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('Give a day such as 2026-01-31.');
  return text;
}

export function tableName(text: string): string {
  if (!/^[A-Za-z0-9_$]{1,64}$/.test(text))
    throw new InvalidArgumentError('A table has 1 to 64 letters, digits and _ $.');
  return text;
}

export function pbxName(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(text))
    throw new InvalidArgumentError('A PBX has a name of 1 to 40 letters, digits and _ -.');
  return text;
}

export function zoneName(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    throw new InvalidArgumentError('Give a time zone such as Asia/Tashkent or UTC.');
  }
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError('Give a regular expression such as ^[0-9]{3}$.');
  }
}

import type { CliCommand, Context } from '../command.js';
import { progressLine, stopper, withPassword } from '../import-source.js';
import { pbxName, tableName, zoneName } from './import-cdr.js';

const USAGE = `Brings Asterisk's queue_log in, from the file with its rotated ones or from a table.

Usage: dialhook import-queue-log --from FILE [options]
       dialhook import-queue-log --from mysql://USER@HOST/DATABASE [--table NAME] [options]

  --from SOURCE      file (rotated ones beside it are read too, .gz as well), or database; nothing is written there
  --table NAME       the table (default: queue_log)
  --pbx NAME         name of the PBX (default: the one of the configuration)
  --time-zone ZONE   zone of a table's times where they are no seconds (default: the one of the configuration)
  --dry-run          read and judge everything, write nothing

Calls of import-cdr get their visits, offers and talks from it, whichever import comes first. It goes on where it was, by inode and
byte; a last line that is not whole yet waits for the next run. The password: as with import-cdr.

Examples:
  dialhook import-queue-log --from /var/log/asterisk/queue_log
  dialhook import-queue-log --from mysql://asterisk@192.0.2.10/asterisk --table queuelog --dry-run
`;

interface Options {
  from: string;
  table: string;
  pbx?: string;
  timeZone?: string;
  dryRun?: boolean;
}

export const importQueueLog: CliCommand = {
  name: 'import-queue-log',
  usage: USAGE,
  add(program, context) {
    program
      .command('import-queue-log')
      .requiredOption('--from <source>')
      .option('--table <name>', '', tableName, 'queue_log')
      .option('--pbx <name>', '', pbxName)
      .option('--time-zone <zone>', '', zoneName)
      .option('--dry-run')
      .action((options: Options) => run(context, options));
  },
};

async function run(context: Context, options: Options): Promise<void> {
  const { io, deps } = context;
  const config = context.config();
  const from = await withPassword(options.from, config.importPassword, io);
  const { signal, off } = stopper(context);
  try {
    const { counts, name } = await deps.importQueueLog(config, {
      ...{ from, table: options.table, pbx: options.pbx ?? null, timeZone: options.timeZone ?? null },
      ...{
        dryRun: options.dryRun === true,
        signal,
        note: (text: string) => io.err(`${text}\n`),
        progress: progressLine(io, 'lines'),
      },
    });
    if (io.interactive) io.err('\n');
    io.out(`${name}: ${counts.lines} lines read${signal.aborted ? ', stopped; the same command goes on' : ''}\n`);
    io.out(
      `${counts.joined} calls of cdr ${options.dryRun ? 'would know' : 'know'} their queues, of ${counts.alone} only queue_log tells so far; ${counts.doubtful} are doubtful (why stands in odd)\n`,
    );
    io.out(`${counts.recorded} calls were recorded by our own hooks, ${counts.presence} lines tell of operators\n`);
    io.out(
      `${counts.rejected} lines could not be used${counts.rejected > 0 && !options.dryRun ? ' and are kept in rejected_imports with the reason' : ''}\n`,
    );
  } finally {
    off();
  }
}

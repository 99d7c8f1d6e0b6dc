import type { CliCommand } from '../command.js';

const USAGE = `Makes the tables of calls anew from the stored events.

Usage: dialhook rebuild [--dry-run]

  --dry-run   only compare the tables with the events; ends with code 1 when a call or a day differs

It may run beside a live server. Calls whose events are no longer kept stay as they are.

Examples:
  dialhook rebuild --dry-run
  dialhook rebuild
`;

/** How many calls that differ are named. */
const NAMED = 10;
const EVERY_MS = 1000;

export const rebuild: CliCommand = {
  name: 'rebuild',
  usage: USAGE,
  add(program, context) {
    const { deps, io } = context;
    program
      .command('rebuild')
      .option('--dry-run')
      .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
        let shownAt = Date.now();
        const progress = (calls: number) => {
          if (Date.now() - shownAt < EVERY_MS) return;
          shownAt = Date.now();
          io.err(io.interactive ? `\r${calls} calls` : `${calls} calls\n`);
        };
        const { calls, differed, operators = [] } = await deps.rebuild(context.config(), { dryRun, progress });
        if (io.interactive) io.err('\r');
        for (const id of differed.slice(0, NAMED)) io.out(`${id}\n`);
        if (differed.length > NAMED) io.out(`… and ${differed.length - NAMED} more\n`);
        io.out(
          `${calls} calls ${dryRun ? 'compared' : 'made anew'}; ${differed.length} ${dryRun ? 'differ' : 'differed'} from the tables.\n`,
        );
        if (operators.length > 0)
          io.out(
            `The day of ${operators.length} operators ${dryRun ? 'differs' : 'differed'} too: ${operators.slice(0, NAMED).join(', ')}\n`,
          );
        if (dryRun && differed.length + operators.length > 0) context.badNews();
      });
  },
};

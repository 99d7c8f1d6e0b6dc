import type { CliCommand } from '../command.js';

const USAGE = `Brings the tables of the database up to date.

Usage: dialhook migrate [--dry-run]

  --dry-run   only say what would be done

Several servers may do it at once; the database lets one of them work. Nothing is ever taken back: make a backup first.

Examples:
  dialhook migrate --dry-run
  dialhook migrate
`;

export const migrate: CliCommand = {
  name: 'migrate',
  usage: USAGE,
  add(program, context) {
    const { deps, io } = context;
    program
      .command('migrate')
      .option('--dry-run')
      .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
        const names = await deps.migrate(context.config(), { dryRun });
        for (const name of names) io.out(`${name}\n`);
        const tables = names.length === 1 ? '1 migration' : `${names.length} migrations`;
        if (names.length === 0) io.out('The tables are up to date.\n');
        else io.out(dryRun ? `${tables} to be run.\n` : `${tables} run; the tables are up to date.\n`);
      });
  },
};

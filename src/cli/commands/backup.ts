import type { CliCommand } from '../command.js';

const USAGE = `Writes the whole database into one file, beside a live server.

Usage: dialhook backup FILE
       dialhook backup --into FOLDER [--keep N]

  FILE            the backup; a name that ends in .gz is zipped. It is replaced only by a whole one
  --into FOLDER   make a file with the time in its name, zipped
  --keep N        then remove all but the newest N that were made into that folder (default: keep all)

It holds all tables at one moment, and the position of the journals in the same moment: what happened later is brought in
again from the journal when the backup is put back. How to do that stands in docs/backup.md.
The file holds names, numbers and password hashes: only its owner may read it. For MariaDB and MySQL, mariadb-dump must be
installed (Debian: mariadb-client).

Examples:
  dialhook backup /var/backups/dialhook/before-upgrade.sql.gz
  dialhook backup --into /var/backups/dialhook --keep 14
`;

interface Options {
  into?: string;
  keep?: number;
}

export const backup: CliCommand = {
  name: 'backup',
  usage: USAGE,
  add(program, context) {
    const { deps, io } = context;
    program
      .command('backup [file]')
      .option('--into <folder>')
      .option('--keep <n>', '', count)
      .action(async (file: string | undefined, { into, keep = 0 }: Options) => {
        if ((file === undefined) === (into === undefined)) throw new Error('name either a FILE or --into FOLDER');
        if (keep > 0 && into === undefined) throw new Error('--keep goes with --into');
        const from = Date.now();
        const asked = { file: file ?? null, folder: into ?? '', keep, now: from };
        const made = await deps.backup(context.config(), asked);
        io.out(`${made.file}: ${size(made.bytes)} in ${((Date.now() - from) / 1000).toFixed(1)} s\n`);
        for (const name of made.removed) io.out(`removed ${name}\n`);
      });
  },
};

function count(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error(`--keep is "${text}"; it must be a whole number from 1`);
  return Number(text);
}

const size = (bytes: number) => (bytes < 1024 * 1024 ? `${bytes} bytes` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`);

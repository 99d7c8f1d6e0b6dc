import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CliCommand } from '../command.js';

const USAGE = `Brings what the dialplan spooled to a server, also to one on another host.

Usage: dialhook spool [FILE...] [--to HOST:PORT]

  FILE             spool files (default: those of DIALHOOK_SPOOL_FILE)
  --to HOST:PORT   the FastAGI server (default: DIALHOOK_AGI_HOST and DIALHOOK_AGI_PORT)

A server reads the spool files of its own host by itself; this is for a PBX whose server stands elsewhere, and for files
that were copied. A file goes when the server has confirmed each of its lines; what could not be brought stays beside it
and goes with the next run. A line that was brought before counts once.

Examples:
  dialhook spool
  dialhook spool /var/spool/asterisk/dialhook/events.spool --to 192.0.2.10:4574
`;

const EVERY_MS = 1000;

export const spool: CliCommand = {
  name: 'spool',
  usage: USAGE,
  add(program, context) {
    const { deps, io } = context;
    program
      .command('spool [files...]')
      .option('--to <host:port>')
      .action(async (named: string[], { to }: { to?: string }) => {
        const config = context.config();
        const files = named.length > 0 ? named : [...config.spoolFile];
        if (files.length === 0) throw new Error('no spool file is named; give one, or set DIALHOOK_SPOOL_FILE');
        for (const file of files)
          await access(dirname(file)).catch(() => {
            throw new Error(`the folder of the spool file "${file}" is not there, or may not be read`);
          });
        const { host, port } = to === undefined ? { host: config.agiHost, port: config.agiPort } : placeOf(to);
        let shownAt = Date.now();
        const progress = (lines: number) => {
          if (Date.now() - shownAt < EVERY_MS) return;
          shownAt = Date.now();
          io.err(io.interactive ? `\r${lines} lines` : `${lines} lines\n`);
        };
        const result = await deps.spool(config, { files, host, port, progress });
        if (io.interactive) io.err('\r');
        io.out(
          result.files === 0 ? 'Nothing is spooled.\n' : `${result.lines} lines of ${result.files} files brought.\n`,
        );
      });
  },
};

function placeOf(text: string): { host: string; port: number } {
  const found = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  if (!found || port < 1 || port > 65_535)
    throw new Error(`--to is "${text}"; it must be HOST:PORT, e.g. 192.0.2.10:4574`);
  return { host: found[1] ?? '', port };
}

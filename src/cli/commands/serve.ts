import { OPTIONS } from '../../config/options.js';
import type { CliCommand } from '../command.js';

const USAGE = `Runs the server: answers the dialplan, writes the tables, serves the pages.

Usage: dialhook serve [--roles LIST]

  --roles LIST   what this process does: agi, apply, web, joined by commas (default: all, or DIALHOOK_ROLES);
                 agi and apply belong together

It runs until Ctrl-C or SIGTERM; then it takes no new call, finishes what is under way and ends. A second Ctrl-C ends it at once.

Examples:
  dialhook serve
  dialhook serve --roles agi,apply
  dialhook --config /etc/dialhook/dialhook.conf serve
`;

export const serve: CliCommand = {
  name: 'serve',
  usage: USAGE,
  add(program, context) {
    const { deps, io } = context;
    program
      .command('serve')
      .option('--roles <list>')
      .action(async ({ roles }: { roles?: string }) => {
        const config = context.config(roles === undefined ? {} : { [OPTIONS.roles.env]: roles });
        const stop = new AbortController();
        const off = io.onInterrupt(() => {
          if (stop.signal.aborted) io.exit(1);
          stop.abort();
        });
        try {
          await deps.serve(config, {
            log: context.log(config),
            tell: (text) => io.out(`${text}\n`),
            signal: stop.signal,
          });
        } finally {
          off();
        }
      });
  },
};

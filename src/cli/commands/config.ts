import { configDocument, describeConfig } from '../../config/describe.js';
import { readConfig } from '../../config/load.js';
import type { CliCommand } from '../command.js';

const USAGE = `Shows the configuration: each option, its value and where that came from.

Usage: dialhook config [--json | --markdown]

  --json       for programs
  --markdown   the reference of all options, docs/configuration.md

Secrets are never shown.

Examples:
  dialhook config
  DIALHOOK_WEB_PORT=9000 dialhook config --json
`;

export const config: CliCommand = {
  name: 'config',
  usage: USAGE,
  add(program, context) {
    const { io } = context;
    program
      .command('config')
      .option('--json')
      .option('--markdown')
      .action(({ json, markdown }: { json?: boolean; markdown?: boolean }) => {
        if (markdown) io.out(configDocument());
        else if (json) {
          const settings = readConfig(context.sources()).settings.map(({ env, shown, source }) => ({
            name: env,
            value: shown,
            source,
          }));
          io.out(`${JSON.stringify(settings, null, 2)}\n`);
        } else io.out(`${describeConfig(context.sources())}\n`);
      });
  },
};

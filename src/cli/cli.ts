// The command line: which command, its help, and how it ends. Exit codes: 0 done, 1 failed or bad news, 2 wrong usage.
import { Command, CommanderError } from 'commander';
import { ConfigError, type ConfigSources, readConfig } from '../config/load.js';
import { createLog } from '../log/log.js';
import type { Context } from './command.js';
import { COMMANDS } from './commands/index.js';
import type { Deps } from './deps.js';
import { explain } from './failure.js';
import { type Io, processIo } from './io.js';

const WIDEST = Math.max(...COMMANDS.map(({ name }) => name.length));

export const USAGE = `Dialhook, a call centre on Asterisk.

Usage: dialhook [--config FILE] [--debug] <command> [options]

${COMMANDS.map(({ name, usage }) => `  ${name.padEnd(WIDEST + 2)}${firstLine(usage)}`).join('\n')}

Options of every command:
  --config FILE   read this configuration file (docs/configuration.md)
  --debug         show where an error happened
  --version       show the version
  -h, --help      show the help of dialhook or of a command

Examples:
  dialhook serve
  dialhook user add --login anna --name "Anna" --role operator --operator 101
  dialhook doctor
  dialhook help user
`;

/**
 * Runs one command and answers with its exit code; nothing is thrown, and the process is not ended here.
 * @param argv as process.argv: two words before the first argument
 */
export async function cli(argv: readonly string[], deps: Deps, io: Io = processIo()): Promise<number> {
  let code = 0;
  const program = new Command('dialhook');
  const options = () => program.opts<{ config?: string; debug?: boolean }>();
  const sources = (overrides: Record<string, string> = {}): ConfigSources => ({
    env: io.env,
    file: options().config,
    overrides,
  });
  const context: Context = {
    deps,
    io,
    sources,
    config: (overrides) => readConfig(sources(overrides)).config,
    log: (config) => createLog({ level: config.logLevel, pretty: config.logPretty }),
    badNews: () => {
      code = 1;
    },
  };
  prepare(program, context);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.err(`dialhook: ${explain(error)}\n`);
    if (options().debug && error instanceof Error && !(error instanceof ConfigError)) io.err(`${error.stack}\n`);
    return 1;
  }
  return code;
}

/** The program with all commands; docs and tests walk through it too. */
export function prepare(program: Command, context: Context): Command {
  program
    .option('--config <file>')
    .option('--debug')
    .version(context.deps.version, '--version')
    .exitOverride()
    .configureOutput({
      writeOut: context.io.out,
      writeErr: context.io.err,
      outputError: (text, write) => write(text.replace(/^error: /, 'dialhook: ')),
    })
    .showHelpAfterError('`dialhook --help` and `dialhook <command> --help` show what there is.');
  for (const command of COMMANDS) command.add(program, context);
  showUsage(program, USAGE);
  for (const { name, usage } of COMMANDS) {
    const made = program.commands.find((one) => one.name() === name);
    if (made !== undefined) showUsage(made, usage);
  }
  return program;
}

/** The text at the head of the command's file is its help, and that of its own commands. */
function showUsage(command: Command, usage: string): void {
  command.helpInformation = () => usage;
  if (command.name() === 'dialhook') return;
  for (const inner of command.commands) showUsage(inner, usage);
}

function firstLine(usage: string): string {
  return usage.split('\n', 1)[0] ?? '';
}

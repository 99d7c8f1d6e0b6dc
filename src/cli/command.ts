// What a command of the list is, and what it is given.
import type { Command } from 'commander';
import type { ConfigSources } from '../config/load.js';
import type { Config } from '../config/options.js';
import type { Log } from '../log/log.js';
import type { Deps } from './deps.js';
import type { Io } from './io.js';

export interface Context {
  deps: Deps;
  io: Io;
  /** Where the configuration comes from; `overrides` are values of the command line, by environment name. */
  sources(overrides?: Record<string, string>): ConfigSources;
  /** @throws ConfigError */
  config(overrides?: Record<string, string>): Config;
  log(config: Config): Log;
  /** The command did its work, and the answer is bad news: ends with code 1. */
  badNews(): void;
}

export interface CliCommand {
  name: string;
  /** The text of --help, as it stands in docs/commands.md. Its first line says in short what the command does. */
  usage: string;
  /** Puts the command with its options onto commander's program. */
  add(program: Command, context: Context): void;
}

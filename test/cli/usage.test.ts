import { expect } from 'chai';
import { Command } from 'commander';
import { prepare, USAGE } from '../../src/cli/cli.js';
import type { Context } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { doors, terminal } from './fakes.js';

const deps = doors();
const io = terminal();
const context: Context = {
  deps,
  io,
  sources: () => ({ env: {} }),
  config: () => expect.fail(),
  log: () => expect.fail(),
  badNews: () => {},
};
const program = prepare(new Command('dialhook'), context);

/** The command itself and the ones inside it. */
const withInner = (command: Command): Command[] => [command, ...command.commands.flatMap(withInner)];
const inUsage = (text: string) => new Set([...text.matchAll(/--[a-z-]+/g)].map(([name]) => name));
/** `--help`, `--config` … belong to every command; an example may name them. */
const COMMON = inUsage(USAGE.slice(USAGE.indexOf('Options of'), USAGE.indexOf('Examples')));

describe('cli: help texts', () => {
  it('are the list of commands, in order', () => {
    expect(program.commands.map((command) => command.name())).to.deep.equal(COMMANDS.map((command) => command.name));
    for (const { name } of COMMANDS) expect(USAGE).to.match(new RegExp(`^ {2}${name} `, 'm'));
  });

  for (const { name, usage } of COMMANDS) {
    const command = program.commands.find((one) => one.name() === name) ?? program;
    const known = new Set(withInner(command).flatMap((one) => one.options.map((option) => option.long ?? '')));

    it(`${name}: names exactly the options that there are`, () => {
      for (const option of known) expect(usage, option).to.contain(option);
      for (const option of inUsage(usage))
        expect(known.has(option) || COMMON.has(option), `${option} is unknown`).to.equal(true);
    });

    it(`${name}: begins with one sentence, then the usage, and ends with examples`, () => {
      expect(usage)
        .to.match(/^[^\n]+\.\n\nUsage: dialhook /)
        .and.to.match(/\nExamples:\n( {2}.+\n)+$/);
      for (const inner of command.commands) expect(usage).to.contain(`dialhook ${name} ${inner.name()}`);
    });

    it(`${name}: has examples that are right`, () => {
      for (const example of usage.slice(usage.indexOf('Examples:')).split('\n').slice(1).filter(Boolean)) {
        const words = [...example.replace(/^.*?\bdialhook /, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
          (found) => found[1] ?? found[2] ?? '',
        );
        expect(() => parseOnly(words), example).to.not.throw();
      }
    });
  }
});

/** Parses without doing: every action is replaced by nothing. */
function parseOnly(words: string[]): void {
  const fresh = prepare(new Command('dialhook'), context);
  for (const command of withInner(fresh)) if (command.commands.length === 0) command.action(() => {});
  fresh.parse(words, { from: 'user' });
}

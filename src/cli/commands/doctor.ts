import { ConfigError } from '../../config/load.js';
import type { Config } from '../../config/options.js';
import type { CliCommand, Context } from '../command.js';
import type { Result } from '../doctor/check.js';
import { CHECKS } from '../doctor/index.js';
import { examine } from '../doctor/run.js';

const USAGE = `Looks whether all is well, and says in plain words what is wrong and how to mend it.

Usage: dialhook doctor [--json]

  --json   for programs

It changes nothing. It ends with code 1 when something is wrong; a warning is not wrong. What is not configured is skipped.
Run it on the server's own host, as the server's user. The PBX's log will say "Dangerous function STAT read blocked": so it should.

Examples:
  dialhook doctor
  dialhook --config /etc/dialhook/dialhook.conf doctor --json
`;

const SIGNS = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL', skip: 'skip' } as const;

export const doctor: CliCommand = {
  name: 'doctor',
  usage: USAGE,
  add(program, context) {
    const { io } = context;
    program
      .command('doctor')
      .option('--json')
      .action(async ({ json = false }: { json?: boolean }) => {
        const tell = (result: Result) => {
          if (!json)
            io.out(
              `${SIGNS[result.state]}  ${result.name}: ${result.says}${result.where === undefined ? '' : ` (${result.where})`}\n${result.mend === '' ? '' : `      ${result.mend}\n`}`,
            );
        };
        const results = await look(context, tell);
        const failed = results.filter((one) => one.state === 'fail').length;
        const warned = results.filter((one) => one.state === 'warn').length;
        if (json) io.out(`${JSON.stringify({ ok: failed === 0, results }, null, 2)}\n`);
        else io.out(failed + warned === 0 ? 'All is well.\n' : `${failed} wrong, ${warned} to look at.\n`);
        if (failed > 0) context.badNews();
      });
  },
};

/** The configuration is the first thing to look at: without it there is nothing to ask. */
async function look(context: Context, tell: (result: Result) => void): Promise<Result[]> {
  const first = configuration(context);
  tell(first.result);
  if (first.config !== null)
    return [first.result, ...(await examine(first.config, context.deps.probes(first.config), tell))];
  const rest = CHECKS.map(
    ({ name }): Result => ({ name, state: 'skip', says: 'not looked at, because of "configuration"', mend: '' }),
  );
  for (const result of rest) tell(result);
  return [first.result, ...rest];
}

function configuration(context: Context): { config: Config | null; result: Result } {
  const name = 'configuration';
  try {
    return {
      config: context.config(),
      result: { name, state: 'ok', says: 'every name and value is allowed', mend: '' },
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      config: null,
      result: {
        name,
        state: 'fail',
        says: error.problems.join('; '),
        mend: 'docs/configuration.md and `dialhook config` tell what is allowed.',
      },
    };
  }
}

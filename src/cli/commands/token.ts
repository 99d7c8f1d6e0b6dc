import { InvalidArgumentError } from 'commander';
import { SCOPES, type Scope, scopesOf } from '../../auth/tokens.js';
import type { CliCommand, Context } from '../command.js';
import type { Tokens } from '../deps.js';
import { Failure } from '../failure.js';
import { wholeNumber } from '../numbers.js';
import { columns } from '../table.js';

const USAGE = `API tokens: what a program shows instead of a login.

Usage: dialhook token add --user LOGIN --name NAME --scope SCOPES [--days N]
       dialhook token list [--json]
       dialhook token remove ID

  --user LOGIN     the user it acts for; it never has more rights than that user, and ends with that user
  --name NAME      what it is for, such as "the wall in the hall"
  --scope SCOPES   one or more of ${SCOPES.join(', ')}, joined by commas
  --days N         it ends after so many days (default: 365)
  --json           for programs

The token is shown once, when it is added; only a hash of it is kept. live:read and calls:read need a user who is a supervisor or an
administrator; click:call calls from that user's own phone. A removed token is refused within five seconds.

Examples:
  dialhook token add --user boss --name "the wall in the hall" --scope live:read
  dialhook token list
  dialhook token remove 3f9c02ab771e
`;

const DAYS = 365;
const MOST_DAYS = 3650;

interface AddOptions {
  user: string;
  name: string;
  scope: Scope[];
  days: number;
}

export const token: CliCommand = {
  name: 'token',
  usage: USAGE,
  add(program, context) {
    const { io } = context;
    const group = program.command('token');
    group
      .command('add')
      .requiredOption('--user <login>')
      .requiredOption('--name <name>', '', checkName)
      .requiredOption('--scope <scopes>', '', checkScopes)
      .option('--days <n>', '', wholeNumber(1, MOST_DAYS), DAYS)
      .action((options: AddOptions) => withTokens(context, (tokens) => add(tokens, context, options)));
    group
      .command('list')
      .option('--json')
      .action((options: { json?: boolean }) =>
        withTokens(context, (tokens) => list(tokens, context, options.json === true)),
      );
    group.command('remove <id>').action((id: string) =>
      withTokens(context, async (tokens) => {
        if (!(await tokens.remove(id))) throw new Failure(`there is no token ${id}; \`dialhook token list\` shows all`);
        io.out(`Token ${id} is removed.\n`);
      }),
    );
  },
};

async function add(tokens: Tokens, { io }: Context, options: AddOptions): Promise<void> {
  const made = await tokens.add({ login: options.user, name: options.name, scopes: options.scope, days: options.days });
  if (made === null) throw new Failure(`there is no user ${options.user}; \`dialhook user list\` shows all`);
  const ends = new Date(made.expiresAt).toISOString().slice(0, 10);
  io.out(`Token ${made.id} acts for ${options.user} until ${ends}: ${options.scope.join(', ')}.\n`);
  for (const scope of made.idle)
    io.err(`dialhook: ${options.user} may not do what ${scope} is for; it works when that user's role allows it\n`);
  io.out(`Token, shown only now: ${made.text}\n`);
}

async function list(tokens: Tokens, { io }: Context, json: boolean): Promise<void> {
  const day = (at: number | null) => (at === null ? '' : new Date(at).toISOString().slice(0, 10));
  // Named one by one: a row may hold more, the hash of its secret among it.
  const all = (await tokens.list()).map(({ id, login, name, scopes, createdAt, expiresAt, usedAt, usedFrom }) => ({
    ...{ id, login, name, scopes, created: day(createdAt), expires: day(expiresAt), used: day(usedAt), usedFrom },
  }));
  if (json) io.out(`${JSON.stringify(all, null, 2)}\n`);
  else if (all.length === 0) io.out('There are no tokens yet; `dialhook token add` makes one.\n');
  else
    io.out(
      columns(
        ['id', 'user', 'name', 'scopes', 'ends', 'last used', 'from'],
        all.map((one) => [one.id, one.login, one.name, one.scopes.join(','), one.expires, one.used, one.usedFrom]),
      ),
    );
}

async function withTokens(context: Context, work: (tokens: Tokens) => Promise<void>): Promise<void> {
  const tokens = await context.deps.tokens(context.config());
  try {
    await work(tokens);
  } finally {
    await tokens.close();
  }
}

function checkName(name: string): string {
  const trimmed = name.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
  if (trimmed === '' || trimmed.length > 255 || /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(trimmed))
    throw new InvalidArgumentError('A name has 1 to 255 printable characters.');
  return trimmed;
}

function checkScopes(text: string): Scope[] {
  const scopes = scopesOf(text.split(',').map((word) => word.trim()));
  if (scopes === null) throw new InvalidArgumentError(`Scopes are one or more of ${SCOPES.join(', ')}.`);
  return scopes;
}

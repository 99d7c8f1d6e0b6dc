import { InvalidArgumentError } from 'commander';
import { passwordFault, randomPassword } from '../../auth/password.js';
import { ROLES, type Role } from '../../auth/users.js';
import type { CliCommand, Context } from '../command.js';
import type { Users } from '../deps.js';
import { Failure } from '../failure.js';
import type { Io } from '../io.js';
import { columns } from '../table.js';

const USAGE = `Users: who may log in to the pages.

Usage: dialhook user add --login LOGIN --name NAME [--role ROLE] [--operator ENDPOINT] [--password-stdin]
       dialhook user list [--json]
       dialhook user passwd LOGIN [--password-stdin]
       dialhook user disable LOGIN
       dialhook user enable LOGIN
       dialhook user logout LOGIN
       dialhook user remove LOGIN

  --login LOGIN         letters, digits and . _ - @
  --name NAME           the name colleagues see
  --role ROLE           operator, supervisor or administrator (default: operator)
  --operator ENDPOINT   endpoint of the user's phone, such as 101; operators need one
  --password-stdin      read the password from standard input, its first line
  --json                for programs

Without --password-stdin the password is asked for; an empty answer, or nobody there to ask, makes a random one that is shown once.
logout ends all sessions; disable does so too and keeps the user out, tokens included; remove forgets the user, not the calls.

Examples:
  dialhook user add --login anna --name "Anna" --operator 101
  echo "$PASSWORD" | dialhook user add --login boss --name "The boss" --role administrator --password-stdin
  dialhook user passwd anna
  dialhook user list
`;

interface AddOptions {
  login: string;
  name: string;
  role: Role;
  operator: string;
  passwordStdin?: boolean;
}

export const user: CliCommand = {
  name: 'user',
  usage: USAGE,
  add(program, context) {
    const { io } = context;
    const group = program.command('user');
    group
      .command('add')
      .requiredOption('--login <login>', '', checkLogin)
      .requiredOption('--name <name>', '', checkName)
      .option('--role <role>', '', checkRole, 'operator')
      .option('--operator <endpoint>', '', checkEndpoint, '')
      .option('--password-stdin')
      .action((options: AddOptions) => withUsers(context, (users) => addUser(users, io, options)));
    group
      .command('list')
      .option('--json')
      .action((options: { json?: boolean }) => withUsers(context, (users) => list(users, io, options.json === true)));
    group
      .command('passwd <login>')
      .option('--password-stdin')
      .action((login: string, options: { passwordStdin?: boolean }) =>
        withUsers(context, (users) => changePassword(users, io, login, options.passwordStdin === true)),
      );
    for (const [name, did, change] of CHANGES)
      group.command(`${name} <login>`).action((login: string) =>
        withUsers(context, async (users) => {
          if (!(await change(users, login))) throw noUser(login);
          io.out(`User ${login} ${did}.\n`);
        }),
      );
  },
};

const CHANGES: readonly (readonly [
  name: string,
  did: string,
  change: (users: Users, login: string) => Promise<boolean>,
])[] = [
  ['disable', 'can no longer log in', (users, login) => users.setDisabled(login, true)],
  ['enable', 'can log in again', (users, login) => users.setDisabled(login, false)],
  ['logout', 'is signed out everywhere', (users, login) => users.signOut(login)],
  ['remove', 'is removed', (users, login) => users.remove(login)],
];

async function addUser(users: Users, io: Io, { passwordStdin = false, ...rest }: AddOptions): Promise<void> {
  if (rest.role === 'operator' && rest.operator === '')
    throw new Failure('an operator needs a phone: give its endpoint, for example --operator 101');
  if ((await users.list()).some((one) => one.login.toLowerCase() === rest.login.toLowerCase()))
    throw new Failure(
      `the login ${rest.login} is taken: choose another one, or change the password with \`dialhook user passwd ${rest.login}\``,
    );
  const { password, made } = await newPassword(io, rest.login, passwordStdin);
  await users.add({ ...rest, password });
  io.out(`User ${rest.login} added as ${rest.role}${rest.operator === '' ? '' : ` with phone ${rest.operator}`}.\n`);
  if (made) io.out(`Password, shown only now: ${password}\n`);
}

async function changePassword(users: Users, io: Io, login: string, fromInput: boolean): Promise<void> {
  if (!(await users.list()).some((one) => one.login === login)) throw noUser(login);
  const { password, made } = await newPassword(io, login, fromInput);
  if (!(await users.setPassword(login, password))) throw noUser(login);
  io.out(`The password of ${login} is changed; all sessions are ended.\n`);
  if (made) io.out(`Password, shown only now: ${password}\n`);
}

/** From standard input, from the person, or made. */
async function newPassword(io: Io, login: string, fromInput: boolean): Promise<{ password: string; made: boolean }> {
  let password = '';
  if (fromInput) password = (await io.readInput()).split(/\r?\n/, 1)[0] ?? '';
  else if (io.interactive) password = await io.askHidden(`Password for ${login} (empty: make one): `);
  if (password === '' && !fromInput) return { password: randomPassword(), made: true };
  if (!fromInput && (await io.askHidden('The same again: ')) !== password)
    throw new Failure('the two passwords differ; nothing was changed');
  const fault = passwordFault(password, login);
  if (fault !== null) throw new Failure(`this password can't be taken: ${fault}`);
  return { password, made: false };
}

async function list(users: Users, io: Io, json: boolean): Promise<void> {
  // Named one by one: a row may hold more, a password's hash among it.
  const all = (await users.list()).map(({ login, name, role, operator, disabled, createdAt }) => ({
    login,
    name,
    role,
    operator,
    disabled,
    createdAt: new Date(createdAt).toISOString(),
  }));
  const row = (one: (typeof all)[number]) => [
    one.login,
    one.name,
    one.role,
    one.operator,
    one.disabled ? 'disabled' : 'enabled',
  ];
  if (json) io.out(`${JSON.stringify(all, null, 2)}\n`);
  else if (all.length === 0) io.out('There are no users yet; `dialhook user add` makes one.\n');
  else io.out(columns(['login', 'name', 'role', 'operator', 'state'], all.map(row)));
}

async function withUsers(context: Context, work: (users: Users) => Promise<void>): Promise<void> {
  const users = await context.deps.users(context.config());
  try {
    await work(users);
  } finally {
    await users.close();
  }
}

const noUser = (login: string) => new Failure(`there is no user ${login}; \`dialhook user list\` shows all`);

function checkLogin(login: string): string {
  if (!/^[A-Za-z0-9._@-]{1,80}$/.test(login))
    throw new InvalidArgumentError('A login has 1 to 80 letters, digits and . _ - @');
  return login;
}

function checkName(name: string): string {
  const trimmed = name.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
  if (trimmed === '' || trimmed.length > 255 || /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(trimmed))
    throw new InvalidArgumentError('A name has 1 to 255 printable characters.');
  return trimmed;
}

function checkRole(role: string): Role {
  const known = ROLES.find((one) => one === role);
  if (known === undefined) throw new InvalidArgumentError(`A role is one of ${ROLES.join(', ')}.`);
  return known;
}

function checkEndpoint(endpoint: string): string {
  if (!/^[A-Za-z0-9_.-]{1,80}$/.test(endpoint))
    throw new InvalidArgumentError('An endpoint has 1 to 80 letters, digits and _ . -');
  return endpoint;
}

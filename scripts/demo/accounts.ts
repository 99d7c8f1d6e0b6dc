// Who may log in to the pages of a demo. Every run makes a password of its own: there is none that everybody knows.
import { randomPassword } from '../../src/auth/password.js';
import { type Cast, simulatedClients } from '../../src/simulator/cast.js';
import { runDialhook } from '../lab/server.js';

export interface Account {
  login: string;
  name: string;
  role: 'operator' | 'supervisor' | 'administrator';
  operator: string;
}

/** A supervisor, an administrator, and an account for each of these operators. */
export function demoAccounts(operators: Pick<Cast['operators'][number], 'endpoint' | 'name'>[]): Account[] {
  const own = operators.map(
    ({ endpoint, name }): Account => ({ login: endpoint, name, role: 'operator', operator: endpoint }),
  );
  return [
    { login: 'lead', name: 'Supervisor', role: 'supervisor', operator: '' },
    { login: 'admin', name: 'Administrator', role: 'administrator', operator: '' },
    ...own,
  ];
}

/** Makes the tables, the accounts and the clients. Gives the password that all accounts have. @throws Error with what the command said. */
export async function prepareTables(env: Record<string, string>, accounts: Account[]): Promise<string> {
  await dialhook(env, ['migrate']);
  const password = randomPassword();
  for (const { login, name, role, operator } of accounts) {
    const phone = operator === '' ? [] : ['--operator', operator];
    await dialhook(
      env,
      ['user', 'add', '--login', login, '--name', name, '--role', role, ...phone, '--password-stdin'],
      `${password}\n`,
    );
  }
  await dialhook(env, ['client', 'import', '-'], clientsFile());
  return password;
}

function clientsFile(): string {
  const rows = simulatedClients().map(({ number, name, company, vip }) =>
    [number, name, company, vip ? 'yes' : ''].join(','),
  );
  return `${['number,name,company,vip', ...rows].join('\n')}\n`;
}

async function dialhook(env: Record<string, string>, args: string[], input?: string): Promise<void> {
  const { code, output } = await runDialhook(args, env, input === undefined ? {} : { input });
  if (code !== 0) throw new Error(`dialhook ${args.join(' ')} ended with ${code}:\n${output}`);
}

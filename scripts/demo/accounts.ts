// Who is in a demo: the accounts, the clients behind the numbers, the titles of the queues. Every run makes a password of
// its own: there is none that everybody knows.
import { hashPassword, randomPassword } from '../../src/auth/password.js';
import { type Cast, simulatedClients } from '../../src/simulator/cast.js';
import { saveClients } from '../../src/store/clients.js';
import { openDatabase } from '../../src/store/database.js';
import { defaultsOf, saveQueueSettings } from '../../src/store/queues.js';
import { createUser, type Role } from '../../src/store/users.js';
import { runDialhook } from '../lab/server.js';

export interface Account {
  login: string;
  name: string;
  role: Role;
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

/** Makes the tables and fills in the people and the queues. Gives the password that all accounts have. @throws Error with what the command said. */
export async function prepareTables(
  env: Record<string, string>,
  databaseUrl: string,
  accounts: Account[],
  queues: { name: string; title: string }[],
): Promise<string> {
  const { code, output } = await runDialhook(['migrate'], env, { deadline: 60_000 });
  if (code !== 0) throw new Error(`dialhook migrate ended with ${code}:\n${output}`);
  const password = randomPassword();
  const passwordHash = await hashPassword(password);
  const db = openDatabase(databaseUrl);
  try {
    for (const account of accounts) await createUser(db, { ...account, passwordHash }, Date.now());
    await saveClients(db, simulatedClients());
    await saveQueueSettings(
      db,
      queues.map(({ name, title }) => ({ ...defaultsOf(name), title })),
    );
  } finally {
    await db.close();
  }
  return password;
}

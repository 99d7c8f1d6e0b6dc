// Between two stories: phones, crew and globals as every story expects them, whatever the story before did or broke.
import { answerAfter } from '../../scripts/lab/phone-plan.js';
import { until } from '../../scripts/lab/wait.js';
import { type Centre, CREW, logIn, OPERATORS } from './centre.js';

/** Global variables of the dialplan by name. */
export type Globals = ReadonlyMap<string, string>;

/** What the hooks keep for themselves while they run; nobody sets them back. */
const RUN_TIME = ['DH_SKIP', 'DH_FROZEN'];

/** Reads all globals; ask once, when the centre is new. */
export async function readGlobals(centre: Centre): Promise<Globals> {
  const shown = await centre.asterisk.cli('dialplan show globals');
  const pairs = [...shown.matchAll(/^\s+(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);
  return new Map(pairs.filter(([name]) => !RUN_TIME.includes(name)));
}

/** Puts everything back. `globals` are those of the new centre. */
export async function reset(centre: Centre, globals: Globals): Promise<void> {
  await resetGlobals(centre, globals);
  await resetPhones(centre);
  await resetCrew(centre);
}

async function resetGlobals(centre: Centre, wanted: Globals): Promise<void> {
  const now = await readGlobals(centre);
  for (const name of new Set([...wanted.keys(), ...now.keys()])) {
    // The queues of an operator are set at the login.
    if (now.get(name) === wanted.get(name) || name.startsWith('DH_QUEUES_')) continue;
    await centre.asterisk.cli(`dialplan set global ${name} "${wanted.get(name) ?? ''}"`);
  }
}

/** Everyone picks up soon, but for the duty phone behind the queues: it stays away, so that a queue's end is seen alone. */
async function resetPhones(centre: Centre): Promise<void> {
  for (const phone of [...centre.phones.values(), centre.trunk]) {
    phone.plan = answerAfter(300);
    await Promise.allSettled(phone.calls().map((call) => call.hangup()));
  }
  for (const [user, phone] of centre.phones) await (user === '108' ? phone.unregister() : phone.register());
}

/** Logs everybody in who should be, and out who should not: by their phones, as they would. */
async function resetCrew(centre: Centre): Promise<void> {
  const { knex } = centre.db;
  const rows = (await knex('rt_operators')) as { operator: string; presence: string; queues: string }[];
  const isRight = (operator: string) => {
    const row = rows.find((one) => one.operator === operator);
    const queues = CREW[operator] ?? '';
    if (queues === '') return row === undefined || row.presence === 'offline';
    return row?.presence === 'ready' && row.queues.replace(/,/g, '&') === queues;
  };
  for (const operator of OPERATORS.filter((one) => !isRight(one))) {
    if (rows.some((row) => row.operator === operator && row.presence !== 'offline')) await logOut(centre, operator);
    const queues = CREW[operator];
    if (queues !== undefined) await logIn(centre, [operator], queues);
  }
}

async function logOut(centre: Centre, operator: string): Promise<void> {
  await centre.phones.get(operator)?.call('*46').ended(5000);
  const isOut = async () =>
    (await centre.db.knex('rt_operators').where({ operator }).first('presence'))?.presence === 'offline';
  await until(isOut, { what: `${operator} is logged out`, deadline: 5000 });
}

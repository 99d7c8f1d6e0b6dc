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

/** `102 paused lunch`: an operator's state when a story begins, where it is not the crew's own. */
export type Given = readonly (readonly string[])[];

/** Puts everything back. `globals` are those of the new centre, `given` is what this story wants otherwise. */
export async function reset(centre: Centre, globals: Globals, given: Given = []): Promise<void> {
  await resetGlobals(centre, globals);
  await resetPhones(centre);
  // What operators forwarded by code lives in the PBX's own database.
  await centre.asterisk.cli('database deltree dialhook-forward');
  for (const operator of OPERATORS)
    await centre.asterisk.cli(`queue remove member Local/${operator}@agents/n from helpdesk`);
  await resetCrew(centre, given);
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

interface Place {
  queues: string;
  presence: string;
  reason: string;
}

const OUT: Place = { queues: '', presence: 'offline', reason: '' };

/** Where an operator should be: logged in to the queues of the crew (sales, if it is none of them), unless given otherwise. */
function placeOf(operator: string, given: Given): Place {
  const own = CREW[operator];
  const said = given.find(([who]) => who === operator);
  if (said === undefined) return own === undefined ? OUT : { queues: own, presence: 'ready', reason: '' };
  const [, presence = 'ready', ...reason] = said;
  return presence === 'offline' ? OUT : { queues: own ?? 'sales', presence, reason: reason.join(' ') };
}

/** Logs everybody in who should be, and out who should not, and pauses: by their phones, as they would. */
async function resetCrew(centre: Centre, given: Given): Promise<void> {
  // A queue rings its members in the order in which they came: who came back stands behind those who never left.
  let behind = false;
  const rows = new Map((await rowsOf(centre)).map((row) => [row.operator, row]));
  for (const operator of OPERATORS) {
    const row = rows.get(operator);
    const is: Place = !row || row.presence === 'offline' ? OUT : { ...row, queues: row.queues.replace(/,/g, '&') };
    const wanted = placeOf(operator, given);
    const right = is.presence === wanted.presence && is.queues === wanted.queues && is.reason === wanted.reason;
    if (right && (!behind || is === OUT)) continue;
    if (is !== OUT) await bySaying(centre, operator, '*46', 'offline');
    if (wanted === OUT) continue;
    await logIn(centre, [operator], wanted.queues);
    behind = true;
    if (wanted.presence === 'paused') await bySaying(centre, operator, codeOf(wanted.reason), 'paused');
  }
}

const rowsOf = async ({ db, asterisk }: Centre) =>
  (await db.knex('rt_operators').where({ pbx: asterisk.pbx })) as (Place & { operator: string })[];

/** `*47` with the digit of the reason: DH_REASON_1 is break, 2 lunch, 3 training; another word needs a click. */
function codeOf(reason: string): string {
  const digit = ['break', 'lunch', 'training'].indexOf(reason) + 1;
  if (digit === 0) throw new Error(`a story can't begin with a pause for "${reason}": no code of the phones says that`);
  return `*47${digit}`;
}

/** Dials a code and waits until the tables know what it did. */
async function bySaying(centre: Centre, operator: string, code: string, presence: string): Promise<void> {
  await centre.phones.get(operator)?.call(code).ended();
  const done = async () => (await rowsOf(centre)).some((row) => row.operator === operator && row.presence === presence);
  await until(done, { what: `${operator} is ${presence}` });
}

// Names that FreePBX gives, as the snapshot looks them up. What was typed by hand here always wins over them.
import { digitsOf } from './clients.js';
import type { Db } from './database.js';
import { listFreepbxNames } from './freepbx-names.js';
import { defaultsOf, type QueueSettings } from './queues.js';

export interface NamedOne {
  name: string;
  /** FreePBX has it no more. */
  removed: boolean;
  /** An extension that some queue may ring. */
  operator: boolean;
}

export interface Named {
  operators: ReadonlyMap<string, NamedOne>;
  queues: ReadonlyMap<string, NamedOne>;
  /** Descriptions of inbound numbers, by the number as it stands there and by its digits. */
  numbers: ReadonlyMap<string, string>;
}

export const NO_NAMES: Named = { operators: new Map(), queues: new Map(), numbers: new Map() };

/** Several PBXs may use one number: the screens know operators and queues by name only, and the first PBX that has it names it. */
export async function readNamed(db: Db): Promise<Named> {
  const operators = new Map<string, NamedOne>();
  const queues = new Map<string, NamedOne>();
  const numbers = new Map<string, string>();
  for (const { kind, number, name, operator, removedAt } of await listFreepbxNames(db)) {
    const one = { name, operator, removed: removedAt !== null };
    const into = kind === 'extension' ? operators : kind === 'queue' ? queues : null;
    const known = into?.get(number);
    if (into && (!known || (known.removed && !one.removed))) into.set(number, one);
    // A route for one caller only says nothing of the number's other callers.
    if (kind !== 'did' || name === '' || number.includes('/') || one.removed) continue;
    for (const key of [number, digitsOf(number)]) if (key !== '' && !numbers.has(key)) numbers.set(key, name);
  }
  return { operators, queues, numbers };
}

/** What FreePBX calls a number that was dialled; empty for one it does not name. */
export const numberName = (named: Named, dialled: string): string =>
  named.numbers.get(dialled) ?? named.numbers.get(digitsOf(dialled)) ?? '';

/** What the screens say beside a name: what FreePBX says, where that is something else. Empty while both agree. */
export function nameMark(shown: string, found: NamedOne | undefined): string {
  if (found === undefined) return '';
  if (found.removed) return 'removed in FreePBX';
  return found.name === '' || found.name === shown ? '' : `FreePBX: ${found.name}`;
}

/** The name typed by hand here, else FreePBX's; and what there is to say about it. */
export function operatorName(
  named: Named,
  typed: string | undefined,
  operator: string,
): { name: string; mark: string } {
  const found = named.operators.get(operator);
  const name = typed || found?.name || operator;
  return { name, mark: nameMark(name, found) };
}

/** A queue's title as it was typed by hand, else FreePBX's name for it; its thresholds are those of the settings. */
export function titled(named: Named, settings: QueueSettings | undefined, queue: string): QueueSettings {
  const plain = defaultsOf(queue);
  const found = named.queues.get(queue)?.name;
  if (!found || (settings && settings.title !== plain.title)) return settings ?? plain;
  return { ...(settings ?? plain), title: found };
}

const present = (of: ReadonlyMap<string, NamedOne>): string[] =>
  [...of].filter(([, one]) => !one.removed).map(([number]) => number);

/** The queues that FreePBX has now. */
export const queuesIn = (named: Named): string[] => present(named.queues);
/** The extensions that some queue may ring: these are operators, whether or not they have a login here. */
export const operatorsIn = (named: Named): string[] =>
  present(named.operators).filter((number) => named.operators.get(number)?.operator);

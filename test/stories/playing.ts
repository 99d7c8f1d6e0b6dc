// What the steps of a played story share: the stage they stand on, and how they find a phone and wait for a talk.
import type { Phone, PhoneCall } from '../../scripts/lab/phone.js';
import { until } from '../../scripts/lab/wait.js';
import type { Ami } from '../../src/ami/index.js';

export interface Stage {
  /** Operators' phones by endpoint, registered. */
  phones: ReadonlyMap<string, Phone>;
  /** The far end of the trunk: calls from outside come from it, calls to outside reach it. */
  trunk: Phone;
  /** Click-to-call for an operator; gives the call's id. */
  click(operator: string, number: string): Promise<void>;
  /** A verb of the pages for an operator, e.g. `done`, `pause` with its reason. */
  verb(operator: string, verb: string, args: Record<string, string>): Promise<void>;
  /** An action of the manager interface as an administrator with every right, e.g. `BlindTransfer`. */
  ami: Ami;
  /** Makes the server compare its tables with the PBX now. */
  look(): Promise<void>;
  /** A command of the PBX's console; gives what it prints. */
  console(command: string): Promise<string>;
}

export interface Playing {
  stage: Stage;
  /** The last one that dialled. */
  caller: PhoneCall | null;
  /** Who dialled, by phone or by number from outside; the last call of each. */
  calls: Map<string, PhoneCall>;
  /** The operator who clicked, whose phone then is the caller. */
  clicked: string;
}

/** A sentence, and what it does with the words found in it. */
export type Step = [RegExp, (playing: Playing, ...words: string[]) => Promise<void> | void];

export const seconds = (text: string) => Number(text) * 1000;
/** Longest time a step waits for what must come before it, milliseconds. */
export const PATIENCE_MS = 20_000;

/** A phone by its name in a story. @throws Error when the story has none such. */
export function phone(stage: Stage, who: string): Phone {
  const found = who === 'client' ? stage.trunk : stage.phones.get(who);
  if (!found) throw new Error(`there is no phone "${who}" in this story`);
  return found;
}

/** Gives a phone its plan; one that is not registered (the duty phone 108 is not, unless a story needs it) registers. */
export async function set(stage: Stage, who: string, plan: Phone['plan']): Promise<void> {
  const chosen = phone(stage, who);
  chosen.plan = plan;
  if (chosen !== stage.trunk) await chosen.register();
}

/** A talk begins when both sides are up; a queue answers its caller long before an operator does. */
export async function talking({ stage }: Playing, call: PhoneCall, who: string): Promise<void> {
  const all = () => [...stage.phones.values(), stage.trunk].flatMap((one) => one.calls());
  const both = () => call.state === 'up' && all().filter((one) => one.state === 'up').length >= 2;
  await until(both, { what: `${who} talks`, deadline: PATIENCE_MS });
}

/** The call a phone is in, now or soon. */
export const talkOf = (who: Phone): Promise<PhoneCall> =>
  until(() => who.calls().find((call) => call.state === 'up'), {
    what: `${who.user} is in a call`,
    deadline: PATIENCE_MS,
  });

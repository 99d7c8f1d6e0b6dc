// What a verb is: checked arguments, who may, and the one Originate it becomes.
import { z } from 'zod';

export interface Clicker {
  id: number;
  login: string;
  role: 'operator' | 'supervisor' | 'administrator';
  /** Endpoint of the user's own phone; empty for a user without one. */
  operator: string;
}

/** What the PBX is to do. Context, extension and priority are always Dialhook's own. */
export interface Plan {
  operator: string;
  /** What the audit row names. */
  target: string;
  channel: string;
  context: string;
  exten: string;
  /** Shown on the phone that rings. */
  callerId?: string;
  /** Longest time until the channel answers, ms. */
  timeoutMs: number;
  /** Inherited by every channel of the click, beside those that perform() adds. */
  variables: Readonly<Record<string, string>>;
}

/** Why a click is not sent. `arguments` and `role` say which check it was. */
export interface Refusal {
  why: 'arguments' | 'role';
  error: string;
}

export interface Action {
  verb: string;
  /** Checks what came from outside and who asks; gives the plan or the reason why not. */
  plan(args: unknown, user: Clicker): Plan | Refusal;
}

export const isRefusal = (value: Plan | Refusal): value is Refusal => 'why' in value;

interface Definition<Schema extends z.ZodType> {
  verb: string;
  args: Schema;
  plan(args: z.output<Schema>, user: Clicker): Plan | Refusal;
}

/** Makes an action of a verb, its arguments and its plan. */
export function action<Schema extends z.ZodType>(definition: Definition<Schema>): Action {
  return {
    verb: definition.verb,
    plan(args, user) {
      const read = definition.args.safeParse(args);
      if (read.success) return definition.plan(read.data, user);
      const issue = read.error.issues[0];
      const name = issue?.path.join('.') ?? '';
      return { why: 'arguments', error: `${name === '' ? definition.verb : name}: ${issue?.message ?? 'is wrong'}` };
    },
  };
}

/** Asterisk's endpoints of ours: the dialplan takes no other character. */
export const endpoint = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'is not the name of a phone');
/** A field that a form leaves empty. */
export const optional = <Schema extends z.ZodType<string, string>>(schema: Schema) =>
  z.union([z.literal(''), schema]).default('');

/** The phone a click is about: an operator has the own one only, the others may name any. */
export function phoneOf(wanted: string, user: Clicker): string | Refusal {
  const phone = wanted === '' ? user.operator : wanted;
  if (phone === '')
    return { why: 'arguments', error: 'You have no phone here: an administrator must link one to your login.' };
  if (user.role === 'operator' && phone !== user.operator)
    return { why: 'role', error: 'You can do this on your own phone only.' };
  return phone;
}

/** Longest time until an extension that is no call has done its work, ms. */
const WORK_MS = 10_000;

/** The plan of a verb that works on an operator's place in the queues: the extension of the same name does it. */
export function onPhone(
  verb: string,
  wanted: string,
  user: Clicker,
  variables: Readonly<Record<string, string>> = {},
): Plan | Refusal {
  const phone = phoneOf(wanted, user);
  return typeof phone === 'string' ? { ...work(verb), operator: phone, target: phone, variables } : phone;
}

/** What the verbs that are no calls have in common: their extension runs, the other half of the channel just ends. */
export const work = (verb: string) => ({
  channel: `Local/${verb}@dialhook-actions/n`,
  context: 'dialhook-sink',
  exten: 's',
  timeoutMs: WORK_MS,
});

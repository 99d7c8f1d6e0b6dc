// What a rule of the server asks of the PBX, without a person who clicked: the same extensions, and no row among the clicks.
import type { Ami } from '../ami/index.js';
import { endpoint, work } from './action.js';

/** Until then the PBX must have begun, or it shall not, ms. */
const EFFECT_MS = 10_000;

/**
 * Has the PBX carry out a verb for an operator. Resolves when it took the order; what came of it is told by the dialplan's own
 * events. Rejects with AmiError, and with Error for a name that is no phone of ours: the dialplan would take no other either.
 */
export async function performRule(
  ami: Pick<Ami, 'action'>,
  verb: 'done' | 'unpause' | 'logout',
  operator: string,
  now: number,
): Promise<void> {
  const checked = endpoint.safeParse(operator);
  if (!checked.success) throw new Error(`the operator's name ${JSON.stringify(operator.slice(0, 40))} is no phone's`);
  const { channel, context, exten, timeoutMs } = work(verb);
  await ami.action('Originate', {
    ...{ Channel: channel, Context: context, Exten: exten, Priority: 1, Timeout: timeoutMs, Async: true },
    Variable: { __DH_OPERATOR: checked.data, __DH_UNTIL: Math.floor((now + EFFECT_MS) / 1000) },
  });
}

/** Tells the PBX until when (ms; 0: no longer) calls of a prefix are to be refused; an empty prefix is all outside calls. Rejects with AmiError. */
export async function performToll(ami: Pick<Ami, 'action'>, prefix: string, until: number, now: number): Promise<void> {
  if (!/^\+?[0-9]{0,15}$/.test(prefix)) throw new Error(`${JSON.stringify(prefix)} is no beginning of a number`);
  const { context, exten, timeoutMs } = work('toll');
  await ami.action('Originate', {
    ...{
      Channel: 'Local/set@dialhook-toll-set/n',
      Context: context,
      Exten: exten,
      Priority: 1,
      Timeout: timeoutMs,
      Async: true,
    },
    Variable: {
      ...{ __DH_TOLL_PREFIX: prefix === '' ? 'all' : prefix, __DH_TOLL_TILL: Math.floor(until / 1000) },
      __DH_UNTIL: Math.floor((now + EFFECT_MS) / 1000),
    },
  });
}

/** Has the PBX read its dialplan anew, with the lists in it. Resolves when it took the order. Rejects with AmiError. */
export async function performListsReload(ami: Pick<Ami, 'action'>, now: number): Promise<void> {
  const { context, exten, timeoutMs } = work('lists');
  await ami.action('Originate', {
    ...{ Channel: 'Local/reload@dialhook-lists-reload/n', Context: context, Exten: exten, Priority: 1 },
    ...{ Timeout: timeoutMs, Async: true, Variable: { __DH_UNTIL: Math.floor((now + EFFECT_MS) / 1000) } },
  });
}

// The way of a click: list, rate, arguments, role, destination, audit row, Originate. Nothing is sent that is not written down.
import { type Ami, AmiError, type AmiFields, type AmiLog } from '../ami/index.js';
import { type Action, type Clicker, isRefusal, type Plan } from './action.js';
import { type Click, type ClickStore, newClickId } from './clicks.js';
import type { DestinationRule } from './destination.js';
import { actions } from './index.js';
import type { RateLimit } from './rate.js';

export interface ClickDeps {
  ami: Pick<Ami, 'action'>;
  clicks: ClickStore;
  limit: RateLimit;
  /** Most calls of one user in a minute, counted by the rows of all processes; left out: only `limit` counts. */
  callsPerMinute?: number;
  destination: DestinationRule;
  log: Pick<AmiLog, 'warn' | 'error'>;
}

export interface ClickRequest {
  verb: string;
  /** As they came from outside. */
  args: unknown;
  user: Clicker;
  /** ms since the epoch, taken once at the door. */
  now: number;
}

/** What stopped a click: a check of ours, the connection (`down`, `closed`, `timeout`, `unsafe`), the PBX (`refused`) or the store. */
export type Stop = 'verb' | 'rate' | 'arguments' | 'role' | 'destination' | 'store' | AmiError['code'];

export type ClickResult =
  | { click: string; state: 'sent' }
  /** `click` is empty when nothing was written down. */
  | { click: string; state: 'failed'; why: Stop; error: string };

/** Until then an effect must be seen, ms. The dialplan speaks within milliseconds, or the click came to nothing. */
const EFFECT_MS = 10_000;

/** Carries out a click, as far as handing it to the PBX. Never throws; what happens next is told by observe(). */
export async function performClick(deps: ClickDeps, request: ClickRequest): Promise<ClickResult> {
  const { verb, user, now } = request;
  const action = Object.hasOwn(actions, verb) ? (actions as Record<string, Action>)[verb] : undefined;
  if (action === undefined) return failed('', 'verb', 'There is no such action.');
  const tooMany = deps.limit(user.id, verb, now);
  if (tooMany !== null) {
    deps.log.warn({ login: user.login, verb }, 'a click came too soon after others');
    return failed('', 'rate', tooMany);
  }
  const plan = action.plan(request.args, user);
  if (isRefusal(plan)) return failed('', plan.why, plan.error);
  const verdict = verb === 'call' ? deps.destination(plan.target, now) : { allowed: true, why: '' };
  const click = newClick(request, plan, verdict.allowed ? '' : verdict.why);
  try {
    await deps.clicks.save(click);
  } catch (error) {
    deps.log.error({ err: error, verb }, 'a click could not be written down, so it is not sent');
    return failed('', 'store', 'The click could not be written down, so it was not sent. Try again.');
  }
  if (!verdict.allowed) return failed(click.id, 'destination', verdict.why);
  const often = verb === 'call' ? await tooOften(deps, click) : null;
  if (often === null) return send(deps, click, plan);
  const state = { state: 'failed' as const, error: often };
  await deps.clicks.update(click.id, state, now, ['sending']).catch(() => undefined);
  return failed(click.id, 'rate', often);
}

/** The row of this click is among those counted, so two processes never let pass one more between them. */
async function tooOften({ clicks, callsPerMinute, log }: ClickDeps, click: Click): Promise<string | null> {
  if (callsPerMinute === undefined || clicks.countCalls === undefined) return null;
  try {
    const count = await clicks.countCalls(click.userId, click.sentAt - MINUTE_MS);
    return count > callsPerMinute ? `No more than ${callsPerMinute} calls a minute: wait a moment.` : null;
  } catch (error) {
    log.error({ err: error }, 'the calls of a user could not be counted, so none is put through');
    return 'Your calls of the last minute could not be counted, so it was not sent. Try again.';
  }
}
const MINUTE_MS = 60_000;

const failed = (click: string, why: Stop, error: string): ClickResult => ({ click, state: 'failed', why, error });

const newClick = ({ verb, user, now }: ClickRequest, plan: Plan, error: string): Click => ({
  id: newClickId(),
  userId: user.id,
  login: user.login,
  verb,
  operator: plan.operator,
  target: plan.target,
  sentAt: now,
  deadlineAt: now + EFFECT_MS,
  state: error === '' ? 'sending' : 'failed',
  result: '',
  error,
  changedAt: now,
});

async function send(deps: ClickDeps, click: Click, plan: Plan): Promise<ClickResult> {
  let result: ClickResult = { click: click.id, state: 'sent' };
  try {
    await deps.ami.action('Originate', originate(click, plan), { id: click.id });
  } catch (error) {
    const code = error instanceof AmiError ? error.code : 'closed';
    if (!(error instanceof AmiError)) deps.log.error({ err: error, click: click.id }, 'a click met a bug');
    result = failed(click.id, code, failure(code, error instanceof AmiError ? error.reason : ''));
  }
  const change = result.state === 'sent' ? { state: result.state } : { state: result.state, error: result.error };
  await deps.clicks.update(click.id, change, click.sentAt, ['sending']).catch((error: unknown) => {
    deps.log.error({ err: error, click: click.id }, 'the state of a click could not be written down');
  });
  return result;
}

/** The whole Originate. No application, no context but our own, and every name in it is checked or made here. */
export function originate(click: Click, plan: Plan): AmiFields {
  return {
    Channel: plan.channel,
    Context: plan.context,
    Exten: plan.exten,
    Priority: 1,
    CallerID: plan.callerId,
    Timeout: plan.timeoutMs,
    Async: true,
    // The call's id is known before the call exists; Asterisk refuses to make a channel of this id twice.
    ChannelId: click.id,
    OtherChannelId: `${click.id}-2`,
    Variable: {
      __DH_CALL: click.id,
      __DH_CLICK: click.id,
      // Whole seconds of the epoch after which the click has failed for its user: too late to act.
      __DH_UNTIL: Math.floor(click.deadlineAt / 1000),
      __DH_OPERATOR: plan.operator === '' ? undefined : plan.operator,
      ...plan.variables,
    },
  };
}

/** What an AMI failure means to the person who clicked. */
function failure(code: AmiError['code'], reason: string): string {
  if (code === 'refused') return `The PBX refused: ${reason || 'no reason given'}`;
  if (code === 'down') return 'The PBX cannot be reached now. Nothing was sent.';
  if (code === 'timeout') return 'The PBX did not answer in time. It may still act: look before you click again.';
  if (code === 'unsafe') return 'This cannot be sent to the PBX safely, so it was not sent.';
  return 'The connection to the PBX broke. It may still act: look before you click again.';
}

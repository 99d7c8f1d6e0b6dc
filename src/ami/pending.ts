// The actions that wait for their answer. Each one settles within its deadline, whatever happens.
import { AmiError } from './error.js';
import type { AmiMessage } from './message.js';

/** What an action brought: the answer, and the items when it was a list. */
export interface Outcome {
  answer: AmiMessage;
  items: AmiMessage[];
}

interface Waiting {
  action: string;
  /** Name of the event that ends the list; empty when one answer is all. */
  complete: string;
  answer: AmiMessage | null;
  items: AmiMessage[];
  settle(outcome: Outcome | AmiError): void;
}

export class Pending {
  readonly #waiting = new Map<string, Waiting>();
  readonly #settled: (id: string) => void;

  /** `settled` is called with the id of each action that is through. */
  constructor(settled: (id: string) => void) {
    this.#settled = settled;
  }

  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** Registers an action that is about to be sent. */
  wait(id: string, action: string, complete: string, timeoutMs: number): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome | AmiError) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        this.#settled(id);
        if (outcome instanceof AmiError) reject(outcome);
        else resolve(outcome);
      };
      const late = () => {
        const what = complete === '' ? `no answer to ${action}` : `${action} did not end`;
        settle(new AmiError('timeout', `AMI: ${what} within ${timeoutMs} ms; it may still happen`));
      };
      const timer = setTimeout(late, timeoutMs);
      this.#waiting.set(id, { action, complete, answer: null, items: [], settle });
    });
  }

  /** True when the message belonged to a waiting action and has been used up. */
  take(message: AmiMessage): boolean {
    const one = this.#waiting.get(message.get('actionid') ?? '');
    if (one === undefined) return false;
    const event = message.get('event');
    if (event === undefined) return takeAnswer(one, message);
    // OriginateResponse and its like carry the action's id too, and are no part of a list.
    if (one.answer === null) return false;
    if (event !== one.complete) one.items.push(message);
    else one.settle(finish(one, one.answer, message));
    return true;
  }

  failAll(error: AmiError): void {
    for (const one of [...this.#waiting.values()]) one.settle(error);
  }
}

function takeAnswer(one: Waiting, answer: AmiMessage): boolean {
  const response = answer.get('response');
  if (response === undefined) return false;
  const reason = answer.get('message') ?? '';
  if (response.toLowerCase() === 'error') {
    one.settle(new AmiError('refused', `AMI: the PBX refused ${one.action}: ${reason || 'no reason given'}`, reason));
  } else if (one.complete === '') one.settle({ answer, items: [] });
  else one.answer = answer;
  return true;
}

/** Asterisk 16.28 says of this list that it has one item, however long it is; 22 counts right. */
const MISCOUNTED: ReadonlySet<string> = new Set(['DBGetTree']);

/** A list counts only when the PBX says that it is complete and as long as it says. */
function finish(one: Waiting, answer: AmiMessage, last: AmiMessage): Outcome | AmiError {
  const state = last.get('eventlist') ?? 'Complete';
  const promised = last.get('listitems');
  if (state.toLowerCase() !== 'complete')
    return new AmiError('partial', `AMI: the list of ${one.action} ended as ${state}`);
  if (promised !== undefined && !MISCOUNTED.has(one.action) && Number(promised) !== one.items.length) {
    return new AmiError('partial', `AMI: ${one.action} gave ${one.items.length} of ${promised} items`);
  }
  return { answer, items: one.items };
}

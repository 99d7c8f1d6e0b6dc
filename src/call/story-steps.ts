// Pure. What else happened on the way, once all is known: whose it was, and how what nobody closed came to its end.
import type { Edge } from './bridges.js';
import type { Step } from './call.js';
import type { Facts } from './facts.js';
import { operatorOf, type Shape } from './shape.js';

/** Within this a join of two people and the end of the one between them are one transfer, ms. */
const ONE_TRANSFER = 2500;

/** The steps of a story in the order in which they began. */
export function toSteps(facts: Facts, shape: Shape, edges: readonly Edge[]): Step[] {
  const steps = facts.steps.map((step) => finish({ ...step }, facts, shape, edges));
  const transfers = steps.filter((s) => s.step === 'transfer' && s.outcome === 'attended');
  for (const edge of edges) {
    const known = transfers.some((s) => Math.abs((s.endedAt ?? s.startedAt) - edge.from) <= ONE_TRANSFER);
    const unseen = known ? undefined : unseenTransfer(edge, facts, shape);
    if (unseen) steps.push(unseen);
  }
  return steps.sort((a, b) => a.startedAt - b.startedAt);
}

function finish(step: Step, facts: Facts, shape: Shape, edges: readonly Edge[]): Step {
  const channel = shape.channels.get(step.uniqueid);
  if (step.operator === '' && channel) step.operator = operatorOf(channel, facts, shape);
  if (step.endedAt !== null) return step;
  if (step.outcome === 'consulting') {
    const over = edges.find((e) => e.consult && e.b === step.uniqueid)?.until ?? channel?.endedAt ?? null;
    const joined = over !== null && edges.some((e) => touches(e, step.uniqueid) && !e.consult && e.from === over);
    step.endedAt = over === null ? null : Math.max(over, step.startedAt);
    if (over !== null) step.outcome = joined ? 'attended' : 'cancelled';
    return step;
  }
  step.endedAt = channel?.endedAt == null ? null : Math.max(channel.endedAt, step.startedAt);
  if (step.endedAt !== null && step.outcome === '') step.outcome = LEFT_OPEN[step.step] ?? '';
  return step;
}

/** How a stretch came out that ended with its channel. */
const LEFT_OPEN: Partial<Record<Step['step'], string>> = { park: 'hung_up', conference: 'hung_up', menu: 'hung_up' };

const touches = (edge: Edge, uniqueid: string) => edge.a === uniqueid || edge.b === uniqueid;

/** Two people who were left behind by one hand: an attended transfer that nobody told. */
function unseenTransfer(edge: Edge, facts: Facts, shape: Shape): Step | undefined {
  if (!edge.inferred) return undefined;
  const [a, b] = [shape.channels.get(edge.a), shape.channels.get(edge.b)];
  const stays = [a, b].filter((c) => c !== undefined && !c.channel.startsWith('Local/'));
  const went = [...shape.channels.values()].filter(
    (c) => c.endedAt !== null && Math.abs(c.endedAt - edge.from) <= ONE_TRANSFER && !stays.includes(c),
  );
  const by = went.map((c) => operatorOf(c, facts, shape)).find((operator) => operator !== '');
  const goes = stays.find((c) => c === shape.caller) ?? stays[0];
  if (!by || !goes) return undefined;
  const to = [a, b].find((c) => c !== goes);
  return {
    step: 'transfer',
    operator: operatorOf(goes, facts, shape),
    uniqueid: goes.uniqueid,
    startedAt: edge.from,
    endedAt: edge.from,
    what: to ? to.endpoint : '',
    outcome: 'attended',
    detail: by,
    length: null,
    source: 'hook',
  };
}

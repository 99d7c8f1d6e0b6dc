// Somebody is dialled, rings, answers, or sends the call on.
import { lastOf, moveOn, odd, open, type Says, step } from './tools.js';

export const DIAL: Says = {
  dial(facts, event) {
    open(facts, event);
    moveOn(facts, event);
    const { uniqueid, to, trunk, at } = event;
    facts.dials.push({ uniqueid, to, trunk, at, returnedAt: null, status: '', cause: null });
  },
  dialed(facts, event) {
    open(facts, event);
    const dial = lastOf(facts, facts.dials, event);
    if (!dial) {
      odd(facts, 'a dialed event came without its dial');
      return;
    }
    dial.returnedAt = event.at;
    dial.status = event.status;
    dial.cause = event.cause;
  },
  ring(facts, event) {
    const channel = open(facts, event, 'ring');
    channel.endpoint = event.endpoint;
    channel.dialler = event.dialler;
    channel.device = event.device;
  },
  answer(facts, event) {
    const known = facts.channels.get(event.uniqueid);
    if (!known) odd(facts, `${event.endpoint} answered without a ring before`);
    if (known?.lost) {
      // It was thought gone, and was not: the comparison with the PBX was wrong.
      known.lost = false;
      known.endedAt = null;
    }
    if (known && known.endedAt !== null) {
      odd(facts, `${event.endpoint} answered after its channel had ended`);
      return;
    }
    const channel = open(facts, event, event.queue ? 'offer' : 'ring');
    channel.answeredAt ??= event.at;
    channel.endpoint ||= event.endpoint;
    channel.queue ||= event.queue;
    channel.dialler ||= event.dialler;
  },
  forward(facts, event) {
    open(facts, event);
    step(facts, 'forward', event, { what: event.to, outcome: event.reason, detail: event.by }, event.at);
  },
};

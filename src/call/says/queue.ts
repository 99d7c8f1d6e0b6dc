// A stay in a queue.
import { lastOf, moveOn, odd, open, type Says } from './tools.js';

export const QUEUE: Says = {
  enter(facts, event) {
    open(facts, event);
    moveOn(facts, event);
    const { queue, uniqueid, at, priority } = event;
    const nothing = { position: null, leftAt: null, status: '', key: '' };
    facts.visits.push({ queue, uniqueid, enteredAt: at, priority, ...nothing });
  },
  position(facts, event) {
    const visit = facts.visits.findLast((v) => v.queue === event.queue && v.uniqueid === event.uniqueid);
    // The first one told is the place on joining; later ones are for those who watch, and stay among the events.
    if (visit) visit.position ??= event.position;
  },
  offer(facts, event) {
    const channel = open(facts, event, 'offer');
    channel.queue = event.queue;
    channel.endpoint = event.endpoint;
    channel.dialler = event.dialler;
    channel.device = event.device;
  },
  leave(facts, event) {
    open(facts, event);
    const visit = lastOf(
      facts,
      facts.visits.filter((v) => v.queue === event.queue && v.leftAt === null),
      event,
    );
    if (!visit) {
      odd(facts, `a leave event of queue ${event.queue} came without its enter`);
      return;
    }
    visit.leftAt = event.at;
    visit.status = event.status;
    visit.key = event.key;
  },
};

// A call begins and ends.
import { odd, open, type Says } from './tools.js';

export const BEGIN: Says = {
  call(facts, event) {
    const beginning = facts.calls.get(event.call);
    if (!beginning || beginning.started) {
      odd(facts, 'a second call event came');
      return;
    }
    beginning.started = event;
    const channel = open(facts, event, 'call');
    channel.met = 'call';
    channel.endpoint = event.endpoint || event.trunk;
  },
  unrouted(facts, event) {
    open(facts, event);
    facts.unrouted = event.reason || 'unrouted';
  },
  end(facts, event) {
    const known = facts.channels.get(event.uniqueid);
    if (!known) odd(facts, `${event.channel} ended without having begun`);
    const channel = known ?? open(facts, event, event.side === 'caller' ? 'other' : 'ring');
    // A handler pushed twice fires twice: the first end counts. An end after `lost` is the truth, found late.
    if (channel.endedAt !== null && !channel.lost) return;
    channel.lost = false;
    channel.endedAt = event.at;
    channel.cause = event.cause;
    channel.tech = event.tech;
    channel.by = event.by;
    channel.attended = event.attended;
    channel.handedOn = event.blind !== '' || event.attended !== '';
    channel.dialstatus = event.dialstatus;
    channel.queuestatus = event.queuestatus;
    channel.endpoint ||= event.endpoint;
  },
  lost(facts, event) {
    const channel = facts.channels.get(event.uniqueid);
    if (!channel || channel.endedAt !== null) return;
    channel.endedAt = event.at;
    channel.lost = true;
    if (channel.source === 'hook') odd(facts, `the end of ${channel.channel} was never reported`);
  },
  found(facts, event) {
    const known = facts.channels.get(event.uniqueid);
    // A channel that was thought gone, and is not.
    if (known?.lost) {
      known.lost = false;
      known.endedAt = null;
    }
    // It began when the PBX says so; that it talks is known from now on.
    const began = event.since ?? event.at;
    const channel = known ?? open(facts, { ...event, at: began });
    channel.endpoint ||= event.endpoint;
    if (known && known.source === 'hook') return;
    odd(facts, 'seen only by comparing with the PBX');
    if (event.state === 'up') channel.answeredAt ??= event.at;
    const beginning = facts.calls.get(event.call);
    if (beginning) {
      beginning.found ??= event;
      beginning.firstAt = Math.min(beginning.firstAt, began);
    }
    if (event.bridge === '') return;
    for (const [uniqueid, bridge] of facts.bridges)
      if (bridge === event.bridge && uniqueid !== event.uniqueid)
        facts.joins.push({ a: uniqueid, b: event.uniqueid, at: event.at, consult: false });
    facts.bridges.set(event.uniqueid, event.bridge);
  },
};

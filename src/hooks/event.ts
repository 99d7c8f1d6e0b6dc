// /event: one event line into the journal. The dialplan spools what is not confirmed by DH_ACK, so nothing is confirmed
// before it is on disk, and what can't be used is confirmed too: it is kept aside with its reason, a repeat would not help.
import { MAX_LINE_BYTES, parseLine } from '../call/event.js';
import type { Hook } from './hook.js';

export const event: Hook = {
  path: '/event',
  arguments: ['line'],
  sets: ['DH_ACK'],
  async run(channel, deps) {
    // URIENCODE leaves no comma; one that arrives anyway split the line into several arguments.
    const line = channel.args.join(',');
    if (line === '') {
      await channel.verbose('dialhook /event: the event line is missing; call AGI(agi://…/event,<line>)', 1);
      return;
    }
    const parsed = parseLine(line);
    await deps.append(line.slice(0, MAX_LINE_BYTES));
    await channel.setVariable('DH_ACK', 1);
    if (!parsed.ok) {
      // The reason quotes the field, which may hold what a caller said: it is kept with the line, and shown by `dialhook doctor`.
      deps.log.warn({ field: parsed.refusal.field }, 'an event line can not be used; it is kept aside');
      deps.log.debug({ reason: parsed.refusal.reason }, 'why it can not be used');
      await channel.verbose(`dialhook /event: kept aside: ${parsed.refusal.reason}`, 1);
    }
  },
};

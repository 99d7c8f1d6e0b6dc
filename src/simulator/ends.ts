// Pure. How channels end: what the hangup handlers of both sides say, with the causes of asterisk 22.
import type { SimChannel } from './pbx.js';
import { type LiveCall, type Ring, release, type World } from './world.js';

export const DIALPLAN = 'dialplan/builtin';

interface CallerEnd {
  cause: number;
  by: string;
  dialstatus?: string;
  queuestatus?: string;
  abandoned?: string;
}

/** The caller's handler; the call is over. */
export function endCaller(world: World, call: LiveCall, end: CallerEnd): void {
  if (!world.calls.delete(call)) return;
  const { caller } = call;
  world.pbx.hook(caller, 'end', { side: 'caller', endpoint: caller.endpoint, ...end });
  call.over();
}

/** A device that rang without an answer. */
export function endRing(world: World, ring: Ring, cause: number, tech: string, by = ''): void {
  ring.off();
  world.pbx.hook(ring.channel, 'end', { side: 'callee', endpoint: ring.channel.endpoint, cause, tech, by });
  release(world, ring.agent, 0);
}

/** An answered call is hung up: both handlers run, each in its own thread, in no fixed order (on 22 mostly the callee's first). */
export function hangUp(
  world: World,
  call: LiveCall,
  device: SimChannel,
  by: SimChannel,
  end: Omit<CallerEnd, 'cause' | 'by'>,
): void {
  const callee = () => endDevice(world, device, by);
  const caller = () => endCaller(world, call, { cause: 16, by: by.name, ...end });
  const order = world.random.chance(0.8) ? [callee, caller] : [caller, callee];
  for (const side of order) side();
}

/** `by` hung up; null when the device handed the call over, for then Asterisk names nobody. */
export function endDevice(world: World, device: SimChannel, by: SimChannel | null): void {
  world.pbx.hook(device, 'end', {
    side: 'callee',
    endpoint: device.endpoint,
    cause: 16,
    tech: 'SIP 200 OK',
    by: by?.name ?? '',
  });
}

/** From here on the device's hooks run in a thread of their own: it is bridged. */
export function bridged(device: SimChannel): void {
  device.thread = device.uniqueid;
}

// Pure. How channels end: what the hangup handlers of both sides say, with the causes of asterisk 22.
import type { SimChannel } from './pbx.js';
import { type LiveCall, type Ring, release, type World } from './world.js';

export const DIALPLAN = 'dialplan/builtin';

/** What the caller's handler says beside side and endpoint. */
export interface CallerEnd {
  cause: number;
  by: string;
  queuestatus?: string;
  abandoned?: string;
  attended?: string;
}

/** The caller's handler; the call is over. */
export function endCaller(world: World, call: LiveCall, end: CallerEnd): void {
  if (!world.calls.delete(call)) return;
  const { caller } = call;
  const { cause, by, queuestatus, abandoned, attended } = end;
  const told = { cause, by, dialstatus: call.dialstatus, queuestatus, abandoned, attended };
  world.pbx.hook(caller, 'end', { side: 'caller', endpoint: caller.endpoint, ...told });
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
  end: Partial<CallerEnd>,
): void {
  const callee = () => endDevice(world, device, by);
  const caller = () => endCaller(world, call, { ...end, cause: 16, by: by.name });
  atOnce(world, callee, caller);
}

/** Two channels run their hooks at the same time, each in its own thread: in no fixed order, mostly the first one first. */
export function atOnce(world: World, first: () => void, second: () => void): void {
  const order = world.random.chance(0.8) ? [first, second] : [second, first];
  for (const side of order) side();
}

/** `by` hung up; null when the device handed the call over, for then Asterisk names nobody but the channel that goes on. */
export function endDevice(
  world: World,
  device: SimChannel,
  by: SimChannel | null,
  handedOver: { blind?: string; attended?: string } = {},
): void {
  const { endpoint } = device;
  device.leaving?.();
  const end = { side: 'callee', endpoint, cause: 16, tech: 'SIP 200 OK', by: by?.name ?? '', ...handedOver };
  world.pbx.hook(device, 'end', end);
}

/** From here on the device's hooks run in a thread of their own: it is bridged. */
export function bridged(device: SimChannel): void {
  device.thread = device.uniqueid;
}

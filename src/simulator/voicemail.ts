// Pure. Nobody answered a direct call: the mailbox speaks, and most callers leave a message.
import { endCaller } from './ends.js';
import { type LiveCall, SECOND, type World } from './world.js';

/** The shortest message that is kept, ms. */
const SHORTEST = 2 * SECOND;

/**
 * The caller hears the greeting, speaks or not, and hangs up: the hangup handler tells of the message first. `cause` is what
 * the Dial() before left behind, and the caller still ends with.
 */
export function leaveMessage(world: World, call: LiveCall, mailbox: string, cause: number): void {
  const { agenda, random } = world;
  call.state = 'talking';
  const greeted = agenda.now() + random.between(3, 6) * SECOND;
  const over = () => {
    off();
    const said = agenda.now() - greeted;
    world.pbx.hook(
      call.caller,
      'voicemail',
      { mailbox, ...(said < SHORTEST ? EMPTY : kept(world, mailbox, said)) },
      true,
    );
    endCaller(world, call, { cause, by: call.caller.name });
  };
  const speaks = random.chance(0.75);
  const off = agenda.after(greeted - agenda.now() + (speaks ? random.between(5, 30) * SECOND : 0), over);
  call.stop = over;
}

const EMPTY = { status: 'empty' };

function kept(world: World, mailbox: string, said: number): { status: string; length: number; file: string } {
  const message = (world.messages.get(mailbox) ?? -1) + 1;
  world.messages.set(mailbox, message);
  const file = `default/${mailbox}/INBOX/msg${String(message).padStart(4, '0')}`;
  return { status: 'success', length: Math.round(said / SECOND / world.speed), file };
}

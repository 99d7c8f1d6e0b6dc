import { z } from 'zod';
import { action, endpoint, optional, work } from './action.js';

/** `PJSIP/101-0000002a`, `Local/101@queue-00000001;2`: a whole channel name in the characters that the dialplan lets through. */
const channel = z
  .string()
  .max(120, 'is too long')
  .regex(/^[A-Za-z0-9]+\/[A-Za-z0-9_.@-]+-[0-9a-f]{8}(?:;[12])?$/, 'is not the name of a channel');

/** Ends exactly one channel. An operator may end the own phone's only; supervisors and administrators any. */
export const hangup = action({
  verb: 'hangup',
  args: z.strictObject({ channel, operator: optional(endpoint), call: z.string().max(190, 'is too long').default('') }),
  plan(args, user) {
    const own = user.role === 'operator';
    if (own && !(isPhoneOf(args.channel, user.operator) && ['', user.operator].includes(args.operator))) {
      return { why: 'role', error: 'You can hang up your own phone only.' };
    }
    return {
      ...work('hangup'),
      operator: own ? user.operator : args.operator,
      target: args.channel,
      variables: { __DH_TARGET: args.channel },
    };
  },
});

/** `PJSIP/101-x-0000002a` belongs to `101-x`, not to `101`: the serial number is 8 digits and no more. */
function isPhoneOf(name: string, operator: string): boolean {
  const owner = /^PJSIP\/(.+)-[0-9a-f]{8}$/.exec(name)?.[1];
  return operator !== '' && owner === operator;
}

// The product's own sample PBX (dialplan/ and dialplan/pbx/) on a real Asterisk, with its phones and its outside world.
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Asterisk, type AsteriskOptions, startAsterisk } from './asterisk.js';
import type { Values } from './asterisk-conf.js';
import { openPhone, openTrunk, type Phone, type PhoneOptions } from './phone.js';
import { freePort } from './ports.js';

/** The operators' phones of the sample PBX. */
export const OPERATORS = ['101', '102', '103', '104', '105', '106', '107', '108'] as const;
/** Where the outside world stands: another loopback address, because the PBX knows the trunk by it. */
export const TRUNK_HOST = '127.0.0.2';

export interface SamplePbx extends Asterisk {
  readonly trunkPort: number;
  /** Password of an operator's phone. */
  secretOf(operator: string): string;
  /** Opens and registers an operator's phone; it is closed by remove(). */
  phone(operator: string, options?: Partial<PhoneOptions>): Promise<Phone>;
  /** The outside world; one at a time. */
  trunk(options?: Partial<PhoneOptions>): Promise<Phone>;
}

const DIALPLAN = fileURLToPath(new URL('../../dialplan', import.meta.url));

/** Starts the sample PBX. `values` may set @RING_SECONDS@ (5 here) and @QUEUE_SECONDS@ (20 here) too. */
export async function startSamplePbx(options: AsteriskOptions = {}): Promise<SamplePbx> {
  const trunkPort = await freePort(TRUNK_HOST);
  const secrets: Values = Object.fromEntries(
    OPERATORS.map((name) => [`SECRET_${name}`, randomBytes(12).toString('hex')]),
  );
  const values: Values = {
    RING_SECONDS: '5',
    QUEUE_SECONDS: '20',
    TRUNK_HOST,
    TRUNK_PORT: String(trunkPort),
    ...secrets,
    ...options.values,
  };
  const from = { '': `${DIALPLAN}/pbx`, dialhook: DIALPLAN, ...options.from };
  const asterisk = await startAsterisk({ ...options, from, values });
  const pbx = { host: asterisk.sipHost, port: asterisk.sipPort };
  const phones: Phone[] = [];
  const kept = async (phone: Promise<Phone>) => {
    phones.push(await phone);
    return phone;
  };
  const secretOf = (operator: string) => values[`SECRET_${operator}`] ?? '';
  return {
    ...asterisk,
    trunkPort,
    secretOf,
    async phone(operator, more = {}) {
      const phone = await kept(openPhone({ user: operator, password: secretOf(operator), pbx, ...more }));
      await phone.register();
      return phone;
    },
    trunk: (more = {}) => kept(openTrunk({ pbx, host: TRUNK_HOST, port: trunkPort, ...more })),
    async remove() {
      await Promise.allSettled(phones.map((phone) => phone.close()));
      await asterisk.remove();
    },
  };
}

// /lookup: a number to the client's name and VIP mark, within a budget. When nobody is known, the database is away or time
// is up, the dialplan goes on with the defaults: a lookup that fails lets the call through.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hook } from './hook.js';

const NOBODY = { name: '', company: '', vip: false };

export const lookup: Hook = {
  path: '/lookup',
  arguments: ['number=…&call=… (URL-encoded pairs)'],
  sets: ['DH_FOUND', 'DH_NAME', 'DH_COMPANY', 'DH_VIP'],
  async run(channel, deps) {
    const number = new URLSearchParams(channel.args.join(',')).get('number') ?? '';
    const timeUp = new AbortController();
    const found = await Promise.race([
      deps.findClient(number).catch((error: unknown) => {
        deps.log.warn({ err: error }, 'a lookup failed; the call goes on without a name');
        return null;
      }),
      sleep(deps.lookupBudgetMs, null, { signal: timeUp.signal }),
    ]);
    timeUp.abort();
    const client = found ?? NOBODY;
    // All are set on every way out, so that a dialplan never reads what an earlier call left.
    await channel.setVariable('DH_NAME', plain(client.name));
    await channel.setVariable('DH_COMPANY', plain(client.company));
    await channel.setVariable('DH_VIP', client.vip ? 1 : 0);
    await channel.setVariable('DH_FOUND', found ? 1 : 0);
  },
};

// A name goes into a dialplan, where quotes, commas and braces have meanings of their own.
const plain = (text: string) =>
  text
    .replace(/[\p{Cc}"\\,;${}[\]]/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, 80);

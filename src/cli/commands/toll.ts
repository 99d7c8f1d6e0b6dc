import { destinationRule } from '../../actions/destination.js';
import { priceOf } from '../../actions/spending.js';
import type { Config } from '../../config/options.js';
import { DAYS, type OpenHours } from '../../config/toll-options.js';
import type { CliCommand } from '../command.js';

const USAGE = `Toll fraud: the rule for outside calls, asked and written for the dialplan.

Usage: dialhook toll globals
       dialhook toll check NUMBER...

globals writes the rule of this configuration as globals of the dialplan: put them into [globals] of extensions.conf, so that phones
are held to what clicks are held to. The hours are those of Asterisk's own clock.
check says what a click to a number would be told now, and what a minute costs; code 1 when one is refused.

Examples:
  dialhook toll globals
  dialhook toll check +998005550142 00447700900123
`;

export const toll: CliCommand = {
  name: 'toll',
  usage: USAGE,
  add(program, context) {
    const group = program.command('toll');
    group.command('globals').action(() => context.io.out(tollGlobals(context.config())));
    group.command('check <numbers...>').action((numbers: string[]) => {
      const config = context.config();
      const {
        callPrefixes: international,
        callAbroad: abroad,
        callDenied: denied,
        callInsideDigits: insideDigits,
      } = config;
      const { callHours: hours, timeZone } = config;
      const rule = destinationRule({ international, abroad, denied, insideDigits, hours, timeZone });
      for (const number of numbers) {
        const { allowed, why } = rule(number, Date.now());
        const price = priceOf(number, config.callPrices, abroad);
        const cost = price === null ? '' : ` A minute costs ${price.perMinute}.`;
        context.io.out(`${JSON.stringify(number)}: ${allowed ? 'allowed.' : why}${cost}\n`);
        if (!allowed) context.badNews();
      }
    });
  },
};

/** The rule of a configuration in the words of dialhook-toll.conf. */
export function tollGlobals(config: Config): string {
  return [
    `DH_TOLL_ABROAD = ${config.callAbroad.join('&')}`,
    `DH_TOLL_COUNTRIES = ${config.callPrefixes.join('&')}`,
    `DH_TOLL_DENIED = ${config.callDenied.join('&')}`,
    `DH_TOLL_HOURS = ${config.callHours.map(span).join('&')}`,
    `DH_TOLL_RATE = ${config.callsPerMinute}`,
    '',
  ].join('\n');
}

/** Asterisk's last minute is within; ours is not. */
function span({ first, last, from, to }: OpenHours): string {
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const days = first === last ? DAYS[first] : `${DAYS[first]}-${DAYS[last]}`;
  return `${clock(from)}-${clock(to - 1)},${days},*,*`;
}

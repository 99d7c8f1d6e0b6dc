import { type AgiOutcome, callAgi } from '../../simulator/agi-client.js';
import { type Check, fail, ok, skip, warn } from './check.js';

/** A hook's time is call time: the promise is 50 ms. */
const SLOW_MS = 50;
const BOUND_MS = 2000;
/** One slow answer is the moment's: a host that is slow is so each time. */
const TRIES = 3;
/** Asked as a channel that nobody has. */
const CHANNEL = { name: 'Local/doctor@dialhook-00000000;1', uniqueid: '0.0', number: '', callerName: '', dnid: '' };

/** The FastAGI server answers /ping, asked as Asterisk would. */
export const hooks: Check = {
  name: 'hooks',
  needs: [],
  async look({ config }) {
    if (!config.roles.includes('agi')) return skip('this process does not answer the dialplan (role agi)');
    if (config.agiPort === 0) return skip('the FastAGI server takes any free port, so nobody knows where to ask');
    const host = config.agiHost === '0.0.0.0' || config.agiHost === '::' ? '127.0.0.1' : config.agiHost;
    const place = `${host}:${config.agiPort}`;
    const request = {
      path: 'ping',
      args: [],
      host,
      port: config.agiPort,
      channel: CHANNEL,
      context: 'dialhook',
      extension: 'doctor',
      priority: 1,
    };
    const ask = () => callAgi(request, { boundMs: BOUND_MS }).outcome;
    let outcome = await ask();
    for (let n = 1; n < TRIES && isSlow(outcome); n += 1) outcome = await ask();
    const took = `${outcome.ms.toFixed(1)} ms`;
    if (outcome.status === 'FAILURE')
      return fail(
        `no FastAGI server answers at ${place} (${outcome.error})`,
        'Start it: `dialhook serve`. Until then the dialplan spools its events.',
      );
    if (outcome.timedOut)
      return fail(
        `the FastAGI server at ${place} took the connection and said nothing for ${BOUND_MS / 1000} s`,
        'It is frozen: restart it now, calls wait for it.',
      );
    if (outcome.variables.get('DH_ACK') !== '1')
      return fail(
        `what listens at ${place} does not know /ping`,
        'Another program has that port: change DIALHOOK_AGI_PORT and the global DH_AGI, or end it.',
      );
    const says = `the FastAGI server at ${place} answered /ping in ${took}`;
    return isSlow(outcome)
      ? warn(says, `Hooks should take less than ${SLOW_MS} ms: look at the load of this host.`)
      : ok(says);
  },
};

/** It was answered, but not as soon as promised. */
const isSlow = (outcome: AgiOutcome): boolean =>
  outcome.status === 'SUCCESS' && !outcome.timedOut && outcome.ms > SLOW_MS;

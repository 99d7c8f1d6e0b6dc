// The manager interface for the doctor: one connection that is up, or the reason why not.
import { type AmiLog, connectAmi } from '../../ami/index.js';
import type { Config } from '../../config/options.js';
import type { ManagerProbe } from './probes.js';

const CONNECT_MS = 6000;
const EVERY_MS = 20;

/** @throws Error with the reason in words when there is no login within a few seconds */
export async function connectManager(config: Config, log: AmiLog): Promise<ManagerProbe> {
  const { amiHost: host, amiPort: port, amiUser: user, amiSecret: secret } = config;
  const ami = connectAmi({ host, port, user, secret, log });
  const deadline = Date.now() + CONNECT_MS;
  while (!ami.state().up) {
    const { error } = ami.state();
    if (error !== null || Date.now() > deadline) {
      await ami.close();
      throw new Error(error ?? `no answer within ${CONNECT_MS / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  return {
    action: (name, fields = {}) => ami.action(name, fields),
    listen: (listener) => ami.on('event', listener),
    close: () => ami.close(),
  };
}

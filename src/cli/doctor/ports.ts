import { createServer } from 'node:net';
import { OPTIONS } from '../../config/options.js';
import type { Check, Eye, Finding } from './check.js';
import { fail, ok, skip } from './check.js';

/** The ports of this server are free for it, or it has them already. */
export const ports: Check = {
  name: 'ports',
  needs: [],
  async look({ config, probes }) {
    const wanted = [
      { role: 'agi', host: config.agiHost, port: config.agiPort, env: OPTIONS.agiPort.env },
      { role: 'web', host: config.webHost, port: config.webPort, env: OPTIONS.webPort.env },
    ].filter(({ role, port }) => port !== 0 && config.roles.some((one) => one === role));
    if (wanted.length === 0) return skip('no fixed port is configured');
    const said: Finding[] = [];
    for (const one of wanted) said.push(await look(one, probes));
    return said.find((one) => one.state === 'fail') ?? ok(said.map((one) => one.says).join('; '));
  },
};

interface Wanted {
  host: string;
  port: number;
  env: string;
}

async function look({ host, port, env }: Wanted, probes: Eye['probes']): Promise<Finding> {
  const error = await tryToListen(host, port);
  if (error === null) return ok(`port ${port} is free: the server does not run`);
  if (error === 'EACCES')
    return fail(`this user may not listen on port ${port}`, `Choose a port above 1023 in ${env}.`);
  if (error !== 'EADDRINUSE')
    return fail(`${host}:${port} can not be listened on (${error})`, `Correct the address of ${env}.`);
  const holder = await probes.listener(port);
  if (holder === null) return ok(`port ${port} is taken by a process this user can't see`);
  if (/dialhook|src\/main|dist\/src\/main/.test(holder.command))
    return ok(`port ${port} is held by Dialhook (process ${holder.pid})`);
  return fail(
    `port ${port} is taken by process ${holder.pid}: ${holder.command}`,
    `End that process, or choose another port in ${env}.`,
  );
}

/** The error's code, or null when the port was free. The listener is gone again before the answer. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

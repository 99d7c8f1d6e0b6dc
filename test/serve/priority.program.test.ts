// The thread that answers Asterisk goes before the others of its process: it alone, and only where the host lets it.
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect } from 'chai';
import { startServer } from '../../scripts/lab/server.js';

/** The niceness of each thread of a process: the 19th field of proc(5), counted behind the name in brackets. */
const nicenesses = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });

describe('the threads of a server', function () {
  this.timeout(60_000);

  it('are alike, but for the one at the door', async function () {
    // Elsewhere a niceness is the process's own.
    if (process.platform !== 'linux') return this.skip();
    const server = await startServer({ args: ['--roles', 'agi,apply'], env: { DIALHOOK_LOG_LEVEL: 'warn' } });
    try {
      const all = nicenesses(server.child.pid).sort((a, b) => a - b);
      // Who is not root, and has no LimitNICE, may prefer nobody.
      const ours = getPriority();
      const first = process.getuid?.() === 0 ? Math.max(-20, ours - 5) : ours;
      expect([all[0], all[1], all.at(-1)]).to.deep.equal([first, ours, ours]);
    } finally {
      await server.stop();
    }
  });
});

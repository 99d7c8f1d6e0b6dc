// What systemd does for a service that notifies: it owns a socket, hears words on it, and kills the service when the watchdog's
// word stays out. Played by perl, which every Debian has and which knows datagram sockets; Node knows none.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { temporaryFolder } from '../../scripts/lab/leaving.js';
import { until } from '../../scripts/lab/wait.js';

const LISTENER = `
use Socket; use IO::Socket::UNIX; $| = 1;
my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die "no socket: $!";
print "listening\\n";
while (defined(my $peer = recv($s, my $words, 8192, 0))) { print join("|", split(/\\n/, $words)), "\\n"; }
`;

export interface Systemd {
  /** What the service finds in its environment. */
  env: Record<string, string>;
  /** Every word heard, with the time, ms. */
  heard: { at: number; words: string[] }[];
  /** Calls \`kill\` when \`WATCHDOG=1\` stays out for the limit, as systemd does after READY=1. */
  watch(kill: () => void): void;
  stop(): void;
}

export async function startSystemd(limitMs: number): Promise<Systemd> {
  const socket = join(temporaryFolder('notify'), 'notify');
  const perl = spawn('perl', ['-e', LISTENER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  const heard: Systemd['heard'] = [];
  createInterface({ input: perl.stdout }).on('line', (line) => heard.push({ at: Date.now(), words: line.split('|') }));
  await until(() => heard.length > 0, { what: 'perl listens' });
  let timer: NodeJS.Timeout | undefined;
  return {
    env: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: String(limitMs * 1000) },
    heard,
    watch(kill) {
      const last = () => heard.findLast((h) => h.words.includes('WATCHDOG=1') || h.words.includes('READY=1'))?.at;
      timer = setInterval(() => {
        if (Date.now() - (last() ?? Date.now()) <= limitMs) return;
        clearInterval(timer);
        kill();
      }, 20);
    },
    stop() {
      clearInterval(timer);
      perl.kill();
      void once(perl, 'exit');
    },
  };
}

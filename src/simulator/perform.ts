// Plays a story in real time: waits for the clock, sends what is due, and ends politely.
import type { Player } from './player.js';
import type { Story } from './story.js';

export interface PerformOptions {
  story: Story;
  player: Player;
  /** Milliseconds until it ends by itself; 0: until it is stopped. */
  lastsMs: number;
  /** Stops it: all calls end, all operators log out. */
  signal: AbortSignal;
  /** How long the end may take before what is still under way is dropped. */
  politeMs?: number;
}

/** Longest sleep: a story may be thin, and the clock of the host may be set. */
const NAP = 200;

/** Resolves when the story is over and everything was sent, or `politeMs` after the end began. */
export async function perform({ story, player, lastsMs, signal, politeMs = 1500 }: PerformOptions): Promise<void> {
  const began = Date.now();
  const over = () => signal.aborted || (lastsMs > 0 && Date.now() - began >= lastsMs);
  while (!over()) {
    for (const planned of story.advance(Date.now())) void player.send(planned);
    const next = story.nextAt();
    const wait = next === null ? NAP : Math.max(0, next - Date.now());
    await sleep(Math.min(wait, NAP), signal);
  }
  const now = Date.now();
  for (const planned of story.advance(now)) void player.send(planned);
  // Nobody hangs up in the middle of a request now: what is under way comes home first, unless the server is frozen.
  await Promise.race([player.idle(), sleep(NAP)]);
  for (const planned of story.finish(now)) void player.send(planned);
  const deadline = setTimeout(() => player.abort(), politeMs);
  await player.idle();
  clearTimeout(deadline);
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}

// Open loop: what is due begins when it is due, whether what began before has ended or not. Times count from the due
// moment, so a server that stalls pays for all who came meanwhile.

/** Milliseconds by the monotonic clock. */
export const ms = (): number => performance.now();

/** Begins `count` things, `rate` of them a second; `begin` gets each one's number and due moment, and calls `done` at its end. */
export function openLoop(
  { rate, count }: { rate: number; count: number },
  begin: (n: number, due: number, done: () => void) => void,
): Promise<void> {
  const start = ms();
  return new Promise((resolve) => {
    let begun = 0;
    let ended = 0;
    const done = () => {
      ended += 1;
      if (ended === count) resolve();
    };
    const pace = setInterval(() => {
      const due = Math.min(count, ((ms() - start) * rate) / 1000);
      for (; begun < due; begun++) begin(begun, start + (begun * 1000) / rate, done);
      if (begun >= count) clearInterval(pace);
    }, 1);
  });
}

// How much of a stretch of time this machine took away from us: it had other things to do.

/** Milliseconds between two beats. */
const BEAT_MS = 20;
/** A beat that comes later than this is one that the machine held back; the rest is how timers are. */
const LATE_MS = 20;

/** Begins to listen; the answer stops, and gives the seconds by which beats came late, all together. */
export function startMetronome(): () => number {
  let [last, stolen] = [performance.now(), 0];
  const timer = setInterval(() => {
    const late = performance.now() - last - BEAT_MS;
    if (late > LATE_MS) stolen += late;
    last = performance.now();
  }, BEAT_MS);
  return () => {
    clearInterval(timer);
    return stolen / 1000;
  };
}

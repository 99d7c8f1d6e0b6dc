/**
 * Pause in ms before connection attempt `attempt` (0 = the first one after a loss): doubles from `first` up to `most`,
 * and takes a random share of 50 to 100 %, so that many servers don't come back to a restarted PBX at one instant.
 */
export function backoff(attempt: number, first: number, most: number, random = Math.random()): number {
  const full = Math.min(most, first * 2 ** Math.min(attempt, 30));
  return Math.round(full * (0.5 + random / 2));
}

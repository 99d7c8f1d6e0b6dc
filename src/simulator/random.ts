// Pure. Chance that can be repeated: the same seed gives the same day.

export interface Random {
  /** From 0 to below 1. */
  next(): number;
  between(min: number, max: number): number;
  whole(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** A waiting time whose mean is `mean`: how calls arrive. */
  waiting(mean: number): number;
}

/** The generator sfc32, seeded from one number; small, fast and good enough for a story. */
export function createRandom(seed: number): Random {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed >>> 0];
  const step = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 15; i++) step();
  return {
    next: step,
    between: (min, max) => min + (max - min) * step(),
    whole: (min, max) => min + Math.floor((max - min + 1) * step()),
    chance: (probability) => step() < probability,
    pick: (list) => list[Math.floor(step() * list.length)] ?? list[0],
    waiting: (mean) => -mean * Math.log(1 - step()),
  };
}

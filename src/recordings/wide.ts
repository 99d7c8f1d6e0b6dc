// Questions to a disk, several at once: one after the other each would wait for the head, all together for memory.

const WIDE = 16;

/** What `act` gives for each, in their order. The first that fails is thrown. */
export async function each<T, R>(all: readonly T[], act: (one: T) => Promise<R>): Promise<R[]> {
  const made: R[] = new Array(all.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < all.length; i = next++) made[i] = await act(all[i] as T);
  };
  await Promise.all(Array.from({ length: Math.min(WIDE, all.length) }, worker));
  return made;
}

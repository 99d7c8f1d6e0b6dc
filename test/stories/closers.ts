// What was started is stopped in the opposite order, each once; also when the start of the next thing fails.

/** Stops one thing. */
export type Closer = () => unknown;

/**
 * Builds something of several parts; `build` leaves with `closers` how to stop each part as soon as it has started. The answer has
 * stop() for all of them. @throws what `build` throws, when all that it had started is stopped.
 */
export async function closable<T extends object>(
  build: (closers: Closer[]) => Promise<T>,
): Promise<T & { stop(): Promise<void> }> {
  const closers: Closer[] = [];
  const stop = async () => {
    const wrong: unknown[] = [];
    // One that fails must not leave the others running.
    for (const closer of closers.splice(0).reverse()) {
      try {
        await closer();
      } catch (error) {
        wrong.push(error);
      }
    }
    if (wrong.length > 0) throw wrong[0];
  };
  try {
    return { ...(await build(closers)), stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

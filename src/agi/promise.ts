/** Who is told of a failure that nobody caught. */
export interface Keeper {
  fail(error: unknown): void;
}

/**
 * The promise of a command. A script in the way of fastagi.io is a chain of `then`, often without a `catch`: with a
 * plain promise one refused command would be an unhandled rejection and end the process, and every call with it. Here
 *  - a command whose promise nobody looks at fails quietly (the session counts and logs it);
 *  - a chain that ends in a failure nobody caught is a failed script: its session ends, the others go on.
 * `await` takes it out of this care, as an async script's own promise is watched by the server.
 */
export class CommandPromise<T> extends Promise<T> {
  #keeper: Keeper | null = null;
  #seen = false;

  /** A command's own promise, watched for `keeper`. */
  static of<T>(
    keeper: Keeper,
    start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
  ): CommandPromise<T> {
    const promise = new CommandPromise<T>(start);
    promise.#keeper = keeper;
    Promise.prototype.then.call(promise, undefined, ignore);
    return promise;
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise has one; this one counts who looks
  override then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): CommandPromise<A | B> {
    this.#seen = true;
    const next = super.then(onValue, onError) as CommandPromise<A | B>;
    next.#watch(this.#keeper);
    return next;
  }

  #watch(keeper: Keeper | null): void {
    this.#keeper = keeper;
    Promise.prototype.then.call(this, undefined, (error: unknown) => {
      // A handler may still be added in the same turn, as with any promise.
      setImmediate(() => {
        if (!this.#seen) this.#keeper?.fail(error);
      });
    });
  }
}

const ignore = () => {};

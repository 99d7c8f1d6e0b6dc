// The package brings no types. Only what src/ami uses of it is described.
declare module 'asterisk-manager' {
  /** An item as the package parses it; its values may be strings, arrays, objects, and its prototype may be spoilt. */
  export type RawItem = object;

  class Manager {
    /** Connects at once when a port is given; src/ami gives none and calls connect(). */
    constructor(port: undefined, host: string, username: string, password: string, events: boolean);
    /** `port` goes to net.createConnection() as it is, so socket options may stand there. */
    connect(port: import('node:net').NetConnectOpts, host: undefined, callback: () => void): void;
    /** The only way to set the package's own "authenticated" mark; until then every action is kept for later. */
    login(callback: (refusal?: RawItem) => void): void;
    action(fields: Record<string, string | Record<string, string>>): string;
    disconnect(): void;
    on(event: string, listener: (...values: unknown[]) => void): void;
    emit(event: string, ...values: unknown[]): boolean;
    listeners(event: string): unknown[];
    removeAllListeners(event: string): void;
  }
  export default Manager;
}

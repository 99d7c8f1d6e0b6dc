// The side of a measured server that speaks with the conductor.
import type { AddressInfo } from 'node:net';

export interface Ready {
  port: number;
}
export interface Used {
  /** CPU time of the process so far, in seconds. */
  cpu: number;
  /** What the server measured of itself since it was last asked. */
  own: number[];
}

/** Tells the conductor the port, then its CPU time whenever it asks. Ends with it. */
export function serve(address: AddressInfo | string | null, own: () => number[] = () => []): void {
  if (address === null || typeof address === 'string') throw new Error(`no TCP address: ${address}`);
  process.send?.({ port: address.port } satisfies Ready);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: (user + system) / 1e6, own: own() } satisfies Used);
  });
  process.on('disconnect', () => process.exit());
}

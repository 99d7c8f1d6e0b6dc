// Numbers and addresses of the command line.
import { InvalidArgumentError } from 'commander';

export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < min || number > max)
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    return number;
  };

export const anyNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || number < min || number > max)
      throw new InvalidArgumentError(`Give a number from ${min} to ${max}.`);
    return number;
  };

/** `host:port`; an IPv6 address stands in brackets. */
export function hostAndPort(text: string): { host: string; port: number } {
  const found = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text);
  const port = Number(found?.[3]);
  const host = found?.[1] ?? found?.[2];
  if (host === undefined || !(port >= 1 && port <= 65535))
    throw new InvalidArgumentError('Give host:port, for example 127.0.0.1:4574.');
  return { host, port };
}

// Pure. The head of a FastAGI request, line by line as Asterisk writes it (res_agi.c, launch_netscript and setup_env).

export interface AgiRequest {
  /** Path and query without the first slash, e.g. `event`. */
  path: string;
  args: readonly string[];
  host: string;
  port: number;
  channel: { name: string; uniqueid: string; number: string; callerName: string; dnid: string };
  /** Where the dialplan stands: inside a Gosub that is the subroutine. */
  context: string;
  extension: string;
  priority: number;
}

export const VERSION = '22.10.1';
/** Presentation of a number that is not there; 0 means allowed. */
const NOT_AVAILABLE = 67;
const MOST_ARGS = 127;

/** The lines of the environment, each with its line feed; the blank line that ends it is the last. */
export function environment(request: AgiRequest, threadId: number): string[] {
  const { channel, host, port, path } = request;
  const or = (text: string) => (text === '' ? 'unknown' : text);
  const lines: [string, string | number][] = [
    ['network', 'yes'],
    ['network_script', path],
    ['request', `agi://${host}:${port}/${path}`],
    ['channel', channel.name],
    ['language', 'en'],
    ['type', channel.name.split('/', 1)[0] ?? ''],
    ['uniqueid', channel.uniqueid],
    ['version', VERSION],
    ['callerid', or(channel.number)],
    ['calleridname', or(channel.callerName)],
    ['callingpres', channel.number === '' ? NOT_AVAILABLE : 0],
    ['callingani2', 0],
    ['callington', 0],
    ['callingtns', 0],
    ['dnid', or(channel.dnid)],
    ['rdnis', 'unknown'],
    ['context', request.context],
    ['extension', request.extension],
    ['priority', request.priority],
    ['enhanced', '0.0'],
    ['accountcode', ''],
    ['threadid', threadId],
    ...request.args.slice(0, MOST_ARGS).map((arg, i): [string, string] => [`arg_${i + 1}`, arg]),
  ];
  return [...lines.map(([name, value]) => `agi_${name}: ${value}\n`), '\n'];
}

// A command for Asterisk's console over its control socket, as `asterisk -rx` does it. A program of its own for each command costs
// thirty times as much, and tests ask again and again.
import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Runs a console command at the Asterisk whose control socket is `socket` and gives what it prints.
 * @throws Error when nobody answers there, or not within `timeoutMs`.
 */
export async function askConsole(socket: string, command: string, timeoutMs: number): Promise<string> {
  const console = connect(socket);
  const chunks: Buffer[] = [];
  console.on('data', (chunk) => chunks.push(chunk));
  const late = AbortSignal.timeout(timeoutMs);
  try {
    await once(console, 'connect', { signal: late });
    // It hangs up when it has printed everything.
    console.write(`cli quit after ${command}\0`);
    await once(console, 'end', { signal: late });
  } catch (error) {
    if (late.aborted) throw new Error(`waited ${timeoutMs} ms for the console to carry out "${command}"`);
    throw error;
  } finally {
    console.destroy();
  }
  const said = Buffer.concat(chunks).toString();
  // The first line is its greeting: host, process and version.
  const greeting = said.indexOf('\n');
  if (greeting < 0) throw new Error(`the console hung up before it had greeted: "${command}"`);
  return said.slice(greeting + 1);
}

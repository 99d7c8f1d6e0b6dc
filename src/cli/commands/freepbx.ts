import type { CliCommand } from '../command.js';
import { addRead } from '../freepbx/read.js';

const USAGE = `FreePBX: what its own configuration says.

Usage: dialhook freepbx read [--json]

  read     print the extensions, queues, inbound numbers, trunks and routes that FreePBX has, as the screens name them
  --json   for programs

read looks into FreePBX's database (DIALHOOK_FREEPBX_DATABASE_URL) and writes nothing there. "typed here" is a name that somebody
gave here by hand: it wins. While that database is away the command shows what was read last and ends with code 1.

Examples:
  dialhook freepbx read
  dialhook freepbx read --json
`;

export const freepbx: CliCommand = {
  name: 'freepbx',
  usage: USAGE,
  add(program, context) {
    const group = program.command('freepbx');
    addRead(group, context);
  },
};

import type { CliCommand } from '../command.js';
import { addInstall, INSTALL_EXAMPLES, INSTALL_HELP, INSTALL_SYNOPSIS } from '../freepbx/install.js';
import { addQueues } from '../freepbx/queues.js';
import { addRead } from '../freepbx/read.js';

const USAGE = `FreePBX: Dialhook into it and out of it again, and what its own configuration says.

Usage: dialhook freepbx read [--json]
       dialhook freepbx queues [--etc FOLDER]
${INSTALL_SYNOPSIS}

${INSTALL_HELP}

  read     print the extensions, queues, inbound numbers, trunks and routes that FreePBX has, as the screens name them
  queues   print the sections [N](+) that Dialhook needs in queues_post_custom.conf, for the queues in Asterisk's configuration now
  --json   for programs
  --etc    Asterisk's configuration folder (default: /etc/asterisk)

read looks into FreePBX's database (DIALHOOK_FREEPBX_DATABASE_URL) and writes nothing there. "typed here" is a name that somebody
gave here by hand: it wins. While that database is away the command shows what was read last and ends with code 1.
queues is what #exec prints at each reload: by the script dialplan/exec/dialhook-queues.sh itself, which is there at once.

Examples:
${INSTALL_EXAMPLES}
  dialhook freepbx read
  dialhook freepbx read --json
`;

export const freepbx: CliCommand = {
  name: 'freepbx',
  usage: USAGE,
  add(program, context) {
    const group = program.command('freepbx');
    addInstall(group, context);
    addRead(group, context);
    addQueues(group, context);
  },
};

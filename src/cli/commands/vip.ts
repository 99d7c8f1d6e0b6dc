import { MOST_PRIORITY, VIP_PRIORITY } from '../../lists/text.js';
import type { CliCommand } from '../command.js';
import { listNumber, removeFrom, soon, withLists } from '../lists.js';
import { wholeNumber } from '../numbers.js';
import { columns } from '../table.js';

const USAGE = `VIPs: callers who come first in every queue.

Usage: dialhook vip add NUMBER [--name NAME] [--priority N]
       dialhook vip list [--json]
       dialhook vip remove NUMBER

  --name NAME     for people
  --priority N    1 to ${MOST_PRIORITY} (default: ${VIP_PRIORITY}); who has more stands before who has less, and callers of no list have 0
  --json          for programs

Clients that are marked as such (dialhook client) are VIPs with priority ${VIP_PRIORITY} and need no line here. Numbers are compared by their
digits. It counts where the dialplan asks before Queue(): Gosub(dialhook-vip,s,1), docs/dialplan.md.

Examples:
  dialhook vip add +998005550143 --name "Blue Kettle Ltd" --priority 20
  dialhook vip list
`;

export const vip: CliCommand = {
  name: 'vip',
  usage: USAGE,
  add(program, context) {
    const { io } = context;
    const group = program.command('vip');
    group
      .command('add <number>')
      .option('--name <name>', '', '')
      .option('--priority <n>', '', wholeNumber(1, MOST_PRIORITY), VIP_PRIORITY)
      .action(async (number: string, { name, priority }: { name: string; priority: number }) => {
        const entry = { number: listNumber(number), name: name.trim(), priority };
        await withLists(context, (lists) => lists.save('vips', [entry]));
        io.out(`${entry.number} has priority ${priority}.${soon(context)}\n`);
      });
    group
      .command('list')
      .option('--json')
      .action(async ({ json = false }: { json?: boolean }) => {
        const all = await withLists(context, (lists) => lists.list('vips'));
        if (json) io.out(`${JSON.stringify(all, null, 2)}\n`);
        else if (all.length === 0) io.out('There are no VIPs beside the clients that are marked.\n');
        else
          io.out(
            columns(
              ['number', 'priority', 'name'],
              all.map(({ number, priority, name }) => [number, String(priority), name]),
            ),
          );
      });
    group.command('remove <number>').action((number: string) => removeFrom(context, 'vips', 'vip', number));
  },
};

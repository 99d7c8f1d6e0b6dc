import { CONTEXT, EXTEN } from '../../lists/text.js';
import type { CliCommand } from '../command.js';
import { Failure } from '../failure.js';
import { listNumber, removeFrom, soon, withLists } from '../lists.js';
import { wholeNumber } from '../numbers.js';
import { columns } from '../table.js';

const USAGE = `Routes: where a number that is called leads.

Usage: dialhook route add NUMBER CONTEXT EXTEN [--priority N] [--note TEXT]
       dialhook route list [--json]
       dialhook route remove NUMBER

  --priority N   priority in that extension (default: 1)
  --note TEXT    for people
  --json         for programs

CONTEXT and EXTEN are where Goto() would go: ext-queues 400 is queue 400 on FreePBX, from-did-direct 101 a phone, ext-group 600 a ring
group. Numbers are compared by their digits. A route that leads nowhere is passed over. It counts where the dialplan asks:
Gosub(dialhook-routes,s,1(\${EXTEN})), docs/dialplan.md.

Examples:
  dialhook route add 5551000 ext-queues 400 --note "orders"
  dialhook route list
`;

export const route: CliCommand = {
  name: 'route',
  usage: USAGE,
  add(program, context) {
    const { io } = context;
    const group = program.command('route');
    group
      .command('add <number> <context> <exten>')
      .option('--priority <n>', '', wholeNumber(1, 9999), 1)
      .option('--note <text>', '', '')
      .action(
        async (
          number: string,
          place: string,
          exten: string,
          options: { priority: number; note: string },
        ): Promise<void> => {
          if (!CONTEXT.test(place)) throw new Failure(wrong('context', place, 'letters, digits, - and _'));
          if (!EXTEN.test(exten)) throw new Failure(wrong('extension', exten, 'letters, digits and _ * # + . -'));
          const { priority, note } = options;
          const entry = { number: listNumber(number), context: place, exten, priority, note: note.trim() };
          await withLists(context, (lists) => lists.save('routes', [entry]));
          io.out(`${entry.number} leads to ${place},${exten},${priority}.${soon(context)}\n`);
        },
      );
    group
      .command('list')
      .option('--json')
      .action(async ({ json = false }: { json?: boolean }) => {
        const all = await withLists(context, (lists) => lists.list('routes'));
        if (json) io.out(`${JSON.stringify(all, null, 2)}\n`);
        else if (all.length === 0) io.out('There are no routes.\n');
        else
          io.out(
            columns(
              ['number', 'leads to', 'note'],
              all.map((one) => [one.number, `${one.context},${one.exten},${one.priority}`, one.note]),
            ),
          );
      });
    group.command('remove <number>').action((number: string) => removeFrom(context, 'routes', 'route', number));
  },
};

const wrong = (what: string, said: string, allowed: string): string =>
  `${what} ${JSON.stringify(said.slice(0, 40))} can not stand in a dialplan: 1 to 79 ${allowed}`;

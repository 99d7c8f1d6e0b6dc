import type { CliCommand } from '../command.js';
import { listNumber, removeFrom, soon, untilTime, withLists } from '../lists.js';
import { columns } from '../table.js';

const USAGE = `Black list: callers who are refused.

Usage: dialhook blacklist add NUMBER [--reason TEXT] [--until DAY]
       dialhook blacklist list [--json]
       dialhook blacklist remove NUMBER

  --reason TEXT   why; for people, no call hears it
  --until DAY     2026-12-31 (to its end) or "2026-12-31 18:00", in the time of this host; for good without it
  --json          for programs

Numbers are compared by their digits, as the trunk sends them: the same caller may need a second line with the country's digits. A
number that is there already is overwritten. It counts where the dialplan asks: Gosub(dialhook-lists,in,1), docs/dialplan.md.

Examples:
  dialhook blacklist add +998005550142 --reason "threats" --until 2026-12-31
  dialhook blacklist list
`;

export const blacklist: CliCommand = {
  name: 'blacklist',
  usage: USAGE,
  add(program, context) {
    const { io } = context;
    const group = program.command('blacklist');
    group
      .command('add <number>')
      .option('--reason <text>', '', '')
      .option('--until <day>', '', untilTime)
      .action(async (number: string, { reason, until = null }: { reason: string; until?: number | null }) => {
        const entry = { number: listNumber(number), reason: reason.trim(), until };
        await withLists(context, (lists) => lists.save('blacklist', [entry]));
        io.out(`${entry.number} is refused${until === null ? '' : ` until ${shown(until)}`}.${soon(context)}\n`);
      });
    group
      .command('list')
      .option('--json')
      .action(async ({ json = false }: { json?: boolean }) => {
        const all = await withLists(context, (lists) => lists.list('blacklist'));
        const now = Date.now();
        if (json)
          io.out(
            `${JSON.stringify(
              all.map(({ until, ...one }) => ({ ...one, until: until && new Date(until).toISOString() })),
              null,
              2,
            )}\n`,
          );
        else if (all.length === 0) io.out('The black list is empty.\n');
        else
          io.out(
            columns(
              ['number', 'until', 'reason'],
              all.map(({ number, until, reason }) => [
                number,
                until === null ? '' : `${shown(until)}${until < now ? ' (over)' : ''}`,
                reason,
              ]),
            ),
          );
      });
    group.command('remove <number>').action((number: string) => removeFrom(context, 'blacklist', 'blacklist', number));
  },
};

const shown = (at: number): string => new Date(at).toLocaleString('sv-SE').slice(0, 16);

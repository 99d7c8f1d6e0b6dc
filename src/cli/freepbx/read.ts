// `dialhook freepbx read`: what FreePBX's own configuration says.
import type { Command } from 'commander';
import type { Context } from '../command.js';
import type { FreepbxSeen } from '../deps.js';
import { columns } from '../table.js';

/** Adds the command to the group `freepbx`; its lines of help stand with the group's. */
export function addRead(group: Command, context: Context): void {
  group
    .command('read')
    .option('--json')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { deps, io } = context;
      const seen = await deps.freepbxSeen(context.config());
      if (json) io.out(`${JSON.stringify(forPrograms(seen), null, 2)}\n`);
      else io.out(asTable(seen));
      if (seen.error === '') return;
      const since = seen.readAt === null ? 'never' : new Date(seen.readAt).toISOString();
      io.err(`FreePBX can not be read: ${seen.error} Shown is what was read last, at ${since}.\n`);
      context.badNews();
    });
}

const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());

const forPrograms = ({ error, readAt, items }: FreepbxSeen) => ({
  error,
  read_at: time(readAt),
  items: items.map(({ here, removedAt, ...item }) => ({ ...item, typed_here: here, removed_at: time(removedAt) })),
});

function asTable({ items }: FreepbxSeen): string {
  if (items.length === 0) return 'FreePBX has nothing yet.\n';
  const rows = items.map(({ kind, number, name, here, detail, removedAt }) => [
    ...[kind.replace('_', ' '), number, name, here],
    [
      ...(removedAt === null ? [] : [`removed ${new Date(removedAt).toISOString().slice(0, 10)}`]),
      ...Object.entries(detail).map(([key, value]) => `${key}: ${value}`),
    ].join('; '),
  ]);
  return columns(['what', 'number', 'name', 'typed here', 'more'], rows);
}

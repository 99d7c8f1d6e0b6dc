// `dialhook freepbx queues`: the sections that Dialhook needs for the queues that exist now.
import type { Command } from 'commander';
import type { Context } from '../command.js';

/** Adds the command to the group `freepbx`; its lines of help stand with the group's. */
export function addQueues(group: Command, context: Context): void {
  group
    .command('queues')
    .option('--etc <folder>', '', '/etc/asterisk')
    .action(async ({ etc }: { etc: string }) => {
      context.io.out(await context.deps.freepbxQueues(etc));
    });
}

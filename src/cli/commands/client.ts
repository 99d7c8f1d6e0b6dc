import { readFile } from 'node:fs/promises';
import { faultOf, plainNumber, readClients } from '../clients-file.js';
import type { CliCommand, Context } from '../command.js';
import { csvLine } from '../csv.js';
import type { Clients } from '../deps.js';
import { Failure } from '../failure.js';
import type { Io } from '../io.js';
import { wholeNumber } from '../numbers.js';
import { columns } from '../table.js';

const USAGE = `Clients: who is behind a number, and who is a VIP.

Usage: dialhook client add NUMBER NAME [--company COMPANY] [--vip]
       dialhook client list [--limit N] [--json | --csv]
       dialhook client remove NUMBER
       dialhook client import FILE [--dry-run] [--skip-bad]

  --company COMPANY   the client's company
  --vip               the dialplan may put this client first
  --limit N           show at most so many (default: 1000)
  --json              for programs
  --csv               for a spreadsheet, and for import
  --dry-run           only say what the file holds
  --skip-bad          import the good lines and leave out the others

FILE is CSV with a first line that names its columns: number, name, company, vip (number at least; comma or semicolon; - is standard
input). A client whose number is there already is overwritten. Without --skip-bad one bad line keeps the whole file out.

Examples:
  dialhook client add +998001112233 "Anna" --company "Blue Kettle Ltd" --vip
  dialhook client import clients.csv --dry-run
  dialhook client list --json
`;

/** Bad lines that are told one by one. */
const TOLD = 20;

export const client: CliCommand = {
  name: 'client',
  usage: USAGE,
  add(program, context) {
    const group = program.command('client');
    group
      .command('add <number> <name>')
      .option('--company <company>', '', '')
      .option('--vip')
      .action((number: string, name: string, options: { company: string; vip?: boolean }) =>
        add(context, number, { name, ...options }),
      );
    group
      .command('list')
      .option('--limit <n>', '', wholeNumber(1, 1_000_000), 1000)
      .option('--json')
      .option('--csv')
      .action((options: { limit: number; json?: boolean; csv?: boolean }) =>
        withClients(context, (clients) => list(clients, context.io, options)),
      );
    group.command('remove <number>').action((number: string) => remove(context, number));
    group
      .command('import <file>')
      .option('--dry-run')
      .option('--skip-bad')
      .action((file: string, options: { dryRun?: boolean; skipBad?: boolean }) => importFile(context, file, options));
  },
};

async function add(
  context: Context,
  number: string,
  { name, company, vip = false }: { name: string; company: string; vip?: boolean },
): Promise<void> {
  const client = { number: plainNumber(number), name: name.trim(), company, vip };
  const fault = faultOf(client, number);
  if (fault !== null) throw new Failure(fault);
  await withClients(context, (clients) => clients.save([client]));
  context.io.out(`Client ${client.number} is ${client.name}${vip ? ', a VIP' : ''}.\n`);
}

async function remove(context: Context, number: string): Promise<void> {
  await withClients(context, async (clients) => {
    if (await clients.remove(plainNumber(number))) return;
    throw new Failure(`there is no client with the number ${number}; \`dialhook client list\` shows all`);
  });
  context.io.out(`Client ${number} is removed.\n`);
}

async function importFile(
  context: Context,
  file: string,
  { dryRun = false, skipBad = false }: { dryRun?: boolean; skipBad?: boolean },
): Promise<void> {
  const { io } = context;
  const { clients, errors } = readClients(file === '-' ? await io.readInput() : await readText(file));
  for (const error of errors.slice(0, TOLD)) io.err(`${file}: ${error}\n`);
  if (errors.length > TOLD) io.err(`${file}: … and ${errors.length - TOLD} more bad lines\n`);
  const bad = errors.length === 0 ? '' : ` ${errors.length} bad ${errors.length === 1 ? 'line' : 'lines'}.`;
  if (dryRun) {
    io.out(`${clients.length} clients could be imported.${bad}\n`);
    if (errors.length > 0) context.badNews();
    return;
  }
  if (errors.length > 0 && !skipBad)
    throw new Failure(`nothing was imported:${bad} Mend ${file}, or leave the bad lines out with --skip-bad.`);
  if (clients.length > 0) await withClients(context, (door) => door.save(clients));
  io.out(`${clients.length} clients imported.${bad}\n`);
}

async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new Failure(`there is no file ${file}`);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new Failure(`${file} is not UTF-8: save it as CSV UTF-8 and try again`);
    throw error;
  }
}

async function list(
  clients: Clients,
  io: Io,
  { limit, json, csv }: { limit: number; json?: boolean; csv?: boolean },
): Promise<void> {
  const all = (await clients.list(limit)).map(({ number, name, company, vip }) => ({ number, name, company, vip }));
  if (json) io.out(`${JSON.stringify(all, null, 2)}\n`);
  else if (csv) {
    const rows = all.map((one) => [one.number, one.name, one.company, one.vip ? 'yes' : 'no']);
    io.out([['number', 'name', 'company', 'vip'], ...rows].map(csvLine).join(''));
  } else if (all.length === 0) io.out('There are no clients yet; `dialhook client import` brings them in.\n');
  else
    io.out(
      columns(
        ['number', 'name', 'company', 'vip'],
        all.map((one) => [one.number, one.name, one.company, one.vip ? 'vip' : '']),
      ),
    );
}

async function withClients(context: Context, work: (clients: Clients) => Promise<void>): Promise<void> {
  const clients = await context.deps.clients(context.config());
  try {
    await work(clients);
  } finally {
    await clients.close();
  }
}

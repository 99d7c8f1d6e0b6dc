import type { CliCommand } from '../command.js';
import type { JournalReport, JournalView } from '../deps.js';

const USAGE = `Looks into the journal: what is on this host's disk, and how far the tables are.

Usage: dialhook journal [--verify] [--print] [--call ID] [--last N]

  --verify    read every record and check its checksum; ends with code 1 when one is damaged
  --print     print the event lines, oldest first, with the time of receipt
  --call ID   only those of this call (with --print)
  --last N    only the last N (with --print)

It only reads, and may run beside a live server.

Examples:
  dialhook journal
  dialhook journal --verify
  dialhook journal --print --last 20
`;

interface Options {
  verify?: boolean;
  print?: boolean;
  call?: string;
  last?: number;
}

export const journal: CliCommand = {
  name: 'journal',
  usage: USAGE,
  add(program, context) {
    const { deps, io } = context;
    program
      .command('journal')
      .option('--verify')
      .option('--print')
      .option('--call <id>')
      .option('--last <n>', '', count)
      .action(async ({ verify = false, print = false, call = '', last = 0 }: Options) => {
        const view = await deps.journal(context.config());
        if (print) {
          await printed(view, { call, last }, io.out);
          return;
        }
        io.out(inWords(await view.report()));
        if (!verify) return;
        const { whole, damaged } = await verified(view);
        io.out(`${whole} records whole, ${damaged.length} damaged\n`);
        for (const text of damaged.slice(0, 10)) io.out(`  ${text.slice(0, 120)}\n`);
        if (damaged.length > 0) context.badNews();
      });
  },
};

function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--last is "${text}"; it must be a whole number from 1`);
  return Number(text);
}

function inWords(report: JournalReport): string {
  const size = (bytes: number) => (bytes < 1024 * 1024 ? `${bytes} bytes` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`);
  const rows = [
    `folder    ${report.folder}`,
    `name      ${report.server || 'none yet: no server has run here'}`,
    `on disk   ${report.segments} segments, ${size(report.bytes)}`,
  ];
  if (report.databaseError !== '') rows.push(`tables    not known: ${report.databaseError}`);
  else {
    const { applied, behind } = report;
    const at =
      applied && `segment ${applied.segment}, byte ${applied.offset}, ${new Date(applied.appliedAt).toISOString()}`;
    rows.push(`tables    ${applied ? `${applied.events} events, up to ${at}` : 'nothing applied yet'}`);
    rows.push(`to come   ${size(behind ?? 0)}`);
  }
  return `${rows.join('\n')}\n`;
}

async function verified(view: JournalView): Promise<{ whole: number; damaged: string[] }> {
  let whole = 0;
  const damaged: string[] = [];
  for await (const { line, refusal } of view.records()) {
    if (refusal === '') whole += 1;
    else damaged.push(line);
  }
  return { whole, damaged };
}

async function printed(view: JournalView, { call, last }: { call: string; last: number }, out: (text: string) => void) {
  const wanted = call === '' ? '' : `&call=${encodeURIComponent(call)}&`;
  const kept: string[] = [];
  for await (const { line, receivedAt, refusal } of view.records()) {
    if (wanted !== '' && !`${line}&`.includes(wanted)) continue;
    const text = `${refusal === '' ? new Date(receivedAt).toISOString() : 'damaged'} ${line}\n`;
    if (last === 0) out(text);
    else {
      kept.push(text);
      if (kept.length > last) kept.shift();
    }
  }
  for (const text of kept) out(text);
}

// Pure. A file of clients: number, name, company, vip. Each line that can't be used is told with its number and reason.
import { parseCsv } from './csv.js';
import type { ClientLine } from './deps.js';

export interface ClientsFile {
  clients: ClientLine[];
  /** One sentence each, with the number of the line. */
  errors: string[];
}

const COLUMNS = ['number', 'name', 'company', 'vip'] as const;
const YES = new Set(['1', 'yes', 'true', 'vip', 'x']);
const NO = new Set(['', '0', 'no', 'false']);
const LONGEST = 255;

/** Reads the text of a CSV file. The first row names the columns, in any order; `number` must be there. */
export function readClients(text: string): ClientsFile {
  const { rows, unclosed } = parseCsv(text);
  const errors: string[] = [];
  const [head, ...body] = rows;
  if (unclosed !== null) return { clients: [], errors: [`line ${unclosed}: a quote is opened and never closed`] };
  const names = (head?.cells ?? []).map((name) => name.toLowerCase());
  const wrong = names.filter((name) => !(COLUMNS as readonly string[]).includes(name));
  if (!names.includes('number') || wrong.length > 0)
    return {
      clients: [],
      errors: [
        `line ${head?.line ?? 1}: the first line must name the columns ${COLUMNS.join(', ')} (number at least)${wrong.length > 0 ? `; "${wrong[0]}" is none of them` : ''}`,
      ],
    };
  const seen = new Map<string, number>();
  const clients: ClientLine[] = [];
  for (const { line, cells } of body) {
    const value = (name: (typeof COLUMNS)[number]) => cells[names.indexOf(name)] ?? '';
    const client = {
      number: plainNumber(value('number')),
      name: value('name'),
      company: value('company'),
      vip: YES.has(value('vip').toLowerCase()),
    };
    const fault =
      cells.length > names.length
        ? `has ${cells.length} cells, the first line names ${names.length}`
        : faultOf(client, value('number'), value('vip'));
    const digits = client.number.replace(/\D/g, '');
    const before = seen.get(digits);
    if (fault !== null) errors.push(`line ${line}: ${fault}`);
    else if (before !== undefined)
      errors.push(`line ${line}: number ${client.number} stands already in line ${before}`);
    else {
      seen.set(digits, line);
      clients.push(client);
    }
  }
  return { clients, errors };
}

/** Why a client can't be taken; null when it can. */
export function faultOf(client: ClientLine, number = client.number, vip = ''): string | null {
  if (number === '') return 'the number is empty';
  if (!/^\+?[0-9*#]{2,32}$/.test(client.number))
    return `number "${number.slice(0, 40)}" is no telephone number: 2 to 32 digits, a + before them if you like`;
  if (client.name.length > LONGEST || client.company.length > LONGEST)
    return `name or company is longer than ${LONGEST} characters`;
  if (!YES.has(vip.toLowerCase()) && !NO.has(vip.toLowerCase()))
    return `vip "${vip.slice(0, 40)}" is neither yes nor no (1, 0, yes, no, true, false or empty)`;
  return null;
}

/** Spaces, brackets, dots and dashes are for people. */
export const plainNumber = (number: string): string => number.replace(/[\s().-]/g, '');

// Pure. The lists as dialplan. Nothing of what people typed reaches it but digits, and names of contexts and extensions that were
// held against a strict form: names, reasons and notes stay in the tables. dialplan/exec/dialhook-lists.sh holds each line against
// the same form once more, before Asterisk reads it.
import { createHash } from 'node:crypto';
import type { Lists } from '../store/lists.js';

/** What Goto() may be sent to: no comma, no bracket, nothing that Asterisk would put something in for. */
export const CONTEXT = /^[A-Za-z0-9_-]{1,79}$/;
export const EXTEN = /^[A-Za-z0-9_*#+.-]{1,79}$/;
/** Of app_queue; VIPs that are clients only have the default. */
export const MOST_PRIORITY = 1000;
export const VIP_PRIORITY = 10;

export interface ListsText {
  text: string;
  /** A digest of the lines: the one extension of `dialhook-list-version`, by which one sees that they are loaded. */
  version: string;
  entries: number;
}

/** What the manager interface is asked, to see whether a version is loaded: 1 when it is. */
export const loadedVariable = (version: string): string => `DIALPLAN_EXISTS(dialhook-list-version,${version},1)`;

const HOUR = 3_600_000;
const digits = (number: string): string => number.replace(/\D/g, '').slice(0, 32);

/** An entry whose time is over is left out from the next full hour on: until then its own line says so. */
function refusal(until: number | null, now: number): string | null {
  if (until === null) return 'refused';
  if (until < now - (now % HOUR)) return null;
  return `\${IF($[\${EPOCH} < ${Math.floor(until / 1000)}]?refused:ok)}`;
}

/** The dialplan of the lists; the same lists and the same hour give the same text. */
export function listsText(lists: Lists, now: number): ListsText {
  const black = lists.blacklist.map(({ number, until }) => [digits(number), refusal(until, now)] as const);
  const vips = lists.vips.map(({ number, priority }) => [digits(number), levelOf(priority)] as const);
  const routes = lists.routes.map(
    ({ number, context, exten, priority }) => [digits(number), placeOf(context, exten, priority)] as const,
  );
  const body = [
    ...section('dialhook-list-black', black),
    ...section('dialhook-list-vip', vips),
    ...section('dialhook-list-routes', routes),
  ];
  const version = createHash('sha256').update(body.join('\n')).digest('hex').slice(0, 16);
  const lines = [...body, '[dialhook-list-version]', `exten => ${version},1,Return(1)`];
  const entries = body.filter((line) => line.startsWith('exten')).length;
  return { text: `${lines.join('\n')}\n; end ${lines.length}\n`, version, entries };
}

function section(context: string, entries: readonly (readonly [string, string | null])[]): string[] {
  const said = new Map(entries.filter(([number, value]) => number !== '' && value !== null));
  return [
    `[${context}]`,
    ...[...said].sort(([a], [b]) => (a < b ? -1 : 1)).map(([number, value]) => `exten => ${number},1,Return(${value})`),
  ];
}

const levelOf = (priority: number): string | null =>
  Number.isInteger(priority) && priority >= 1 && priority <= MOST_PRIORITY ? String(priority) : null;

const placeOf = (context: string, exten: string, priority: number): string | null =>
  CONTEXT.test(context) && EXTEN.test(exten) && Number.isInteger(priority) && priority >= 1 && priority <= 9999
    ? `${context},${exten},${priority}`
    : null;

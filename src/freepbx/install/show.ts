// A plan as a person reads it before it is done.
import type { Change, Plan } from './change.js';
import { unified } from './diff.js';
import { saysOf } from './doing.js';
import type { Places } from './places.js';

/** Values of lines that hold a password. */
const HIDE = /^(\s*(?:secret|DIALHOOK_\w*(?:SECRET|URL|TOKEN|PASSWORD))\s*=\s*).*$/gim;

const masked = (text: string | undefined) => (text === undefined ? null : text.replace(HIDE, '$1…'));

/** The difference of a file; passwords are not shown. '' where there is none, or for our own records. */
export function diffOf(change: Change, places: Places): string {
  if ((change.kind !== 'write' && change.kind !== 'delete') || change.path.startsWith(places.records)) return '';
  const [before, after] = [change.was?.bytes, change.kind === 'write' ? change.bytes : undefined];
  const same = before !== undefined && after?.equals(before) === true;
  if (same)
    return `${change.path}: rights ${change.was?.mode.toString(8)} → ${change.kind === 'write' ? change.mode.toString(8) : ''}\n`;
  return unified(change.path, masked(before?.toString('latin1')), masked(after?.toString('latin1')));
}

/** Notes and warnings, then each difference, then each other step. Steps are in the order in which they are done. */
export function showPlan(plan: Plan, places: Places, diffs: boolean): string {
  const steps = plan.changes.filter((one) => !('path' in one) || !one.path.startsWith(places.records));
  const lines = [
    ...plan.notes.map((one) => `note: ${one}\n`),
    ...plan.warnings.map((one) => `WARNING: ${one}\n`),
    ...(diffs ? steps.map((one) => diffOf(one, places)) : []),
    ...(steps.length === 0 ? [] : [`${steps.length} steps:\n`]),
    ...steps.map((one, i) => `  ${i + 1}. ${saysOf(one)}\n`),
  ];
  // What was read as bytes is written as the same bytes would be read: UTF-8 where it is.
  return lines.map((line) => Buffer.from(line, 'utf8').toString('utf8')).join('');
}

// Pure. Operators as the tables hold them against the members of the PBX's queues, and the rules for what nobody ended.
import type { AmiMessage } from '../ami/index.js';
import type { EventKind } from '../call/event.js';
import type { Fields } from './lines.js';
import { deviceOf } from './parties.js';

/** An operator by our tables; times in ms. */
export interface OperatorSeen {
  operator: string;
  presence: 'offline' | 'ready' | 'paused' | 'wrap_up';
  since: number;
  /** Of a pause. */
  reason: string;
  /** When the wrap-up ends; null in every other state. */
  wrapupUntil: number | null;
}

/** An operator by the PBX: member of at least one queue. */
export interface MemberSeen {
  operator: string;
  queues: string[];
  /** In all of these queues. */
  paused: boolean;
  reason: string;
  /** Stands in queues.conf or in a database: a member for ever, who can't be logged out. */
  fixed: boolean;
}

/** What is told, and what the PBX is asked to do about it. */
export interface Correction {
  operator: string;
  /** Of the state that it corrects, ms. */
  since: number;
  kind: EventKind | null;
  fields: Fields;
  act: 'done' | 'unpause' | 'logout' | null;
}

const WRAP_UP = 'wrap_up';
/** app_queue's word for what dialhook-missed calls `missed`. */
const reasonOf = (word: string): string => (word === 'Auto-Pause' ? 'missed' : word);

/** The members of QueueStatus by operator. */
export function membersOf(items: readonly AmiMessage[]): Map<string, MemberSeen> {
  const members = new Map<string, MemberSeen>();
  for (const item of items) {
    if (item.get('Event') !== 'QueueMember') continue;
    const operator = deviceOf(item.get('Location') ?? item.get('Interface') ?? '');
    const queue = item.get('Queue') ?? '';
    if (operator === '' || queue === '') continue;
    const paused = item.get('Paused') === '1';
    const fixed = (item.get('Membership') ?? 'dynamic') !== 'dynamic';
    const known = members.get(operator);
    if (!known) {
      const reason = paused ? reasonOf(item.get('PausedReason') ?? '') : '';
      members.set(operator, { operator, queues: [queue], paused, reason, fixed });
      continue;
    }
    known.queues.push(queue);
    known.paused &&= paused;
    known.fixed &&= fixed;
  }
  return members;
}

const correct = (row: { operator: string; since: number }, kind: EventKind, fields: Fields = {}): Correction => ({
  ...{ operator: row.operator, since: row.since, kind, fields, act: null },
});

/** Where tables and PBX disagree now. The PBX is right: it is what sends calls to operators. */
export function differences(
  rows: readonly OperatorSeen[],
  members: ReadonlyMap<string, MemberSeen>,
  now: number,
): Correction[] {
  const known = new Map(rows.map((row) => [row.operator, row]));
  const found: (Correction | null)[] = rows.map((row) => difference(row, members.get(row.operator), now));
  for (const member of members.values()) if (!known.has(member.operator)) found.push(login(member, 0));
  return found.filter((one) => one !== null);
}

const login = (member: MemberSeen, since: number): Correction =>
  correct({ operator: member.operator, since }, 'login', { queues: member.queues.join(',') });

function difference(row: OperatorSeen, member: MemberSeen | undefined, now: number): Correction | null {
  if (row.presence === 'offline') return member ? login(member, row.since) : null;
  if (!member) return correct(row, 'logout', { reason: 'lost' });
  if (row.presence === 'wrap_up') return member.paused ? null : correct(row, 'wrapped', { how: 'lost' });
  if (!member.paused) return row.presence === 'paused' ? correct(row, 'unpause') : null;
  // A wrap-up that we never heard of, and so can't know the end of: it is over, and the rule for that ends it.
  if (member.reason === WRAP_UP) return row.reason === WRAP_UP ? null : correct(row, 'wrapup', { until: now });
  // A pause without a reason may be one whose reason the PBX does not keep.
  const same = member.reason === '' || member.reason === row.reason;
  return row.presence === 'paused' && same ? null : correct(row, 'pause', { reason: member.reason });
}

export interface Rules {
  /** An operator who is on duty, and in one state, for longer has forgotten to log out; ms, 0 = no such rule. */
  longestShiftMs: number;
  /** Operators who are in a call now. */
  busy: ReadonlySet<string>;
  /** Operators whose wrap-up an earlier look asked the PBX to end. */
  asked: ReadonlySet<string>;
}

/** How long past its end a wrap-up is left to the PBX's own timer. */
const GRACE_MS = 60_000;

/** What should have been ended by somebody, and was not. */
export function overdue(
  rows: readonly OperatorSeen[],
  members: ReadonlyMap<string, MemberSeen>,
  now: number,
  rules: Rules,
): Correction[] {
  return rows.map((row) => late(row, members.get(row.operator), now, rules)).filter((one) => one !== null);
}

function late(row: OperatorSeen, member: MemberSeen | undefined, now: number, rules: Rules): Correction | null {
  if (row.presence === 'offline' || !member) return null;
  if (row.presence === 'wrap_up') {
    if (row.wrapupUntil === null || now < row.wrapupUntil + GRACE_MS || !member.paused) return null;
    // The PBX forgot its timer: it may still know the wrap-up. If asking helped nothing, only the pause is left of it.
    if (!rules.asked.has(row.operator)) return { ...correct(row, 'wrapped'), kind: null, act: 'done' };
    return { ...correct(row, 'wrapped', { how: 'lost' }), act: member.reason === WRAP_UP ? 'unpause' : null };
  }
  const { longestShiftMs, busy } = rules;
  if (longestShiftMs === 0 || now - row.since <= longestShiftMs || member.fixed || busy.has(row.operator)) return null;
  return { ...correct(row, 'logout', { reason: 'lost' }), act: 'logout' };
}

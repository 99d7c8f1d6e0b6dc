// The upper part of a story from what a real PBX said, for whoever writes a new one: grammar.ts reads it as it stands.
import { CALLS, CHANNELS, FIRST, UNIQUEIDS, WORDS } from './grammar.js';

const HEAD = ['v', 'id', 'at', 'pbx', 'call', 'event', 'channel', 'uniqueid', 'linkedid', 'source'];
/** Left out, since a story is about something else: how a phone put its refusal, and what the defaults are. */
const LEFT_OUT = ['side', 'tech', 'result', 'lot'];
const LABELS = ['main', 'second', 'third', 'fourth'];

/** The event lines of one story, sorted by time, as lines of a story. */
export function draftOf(lines: readonly string[]): string[] {
  const events = lines.map((line) => Object.fromEntries(new URLSearchParams(line)) as Record<string, string>);
  const zero = Number(events[0]?.['at']);
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const shortOf = (channel: string): string => {
    const half = /;[12]$/.exec(channel)?.[0] ?? '';
    const whole = channel.replace(/;[12]$/, '');
    const endpoint = channel.startsWith('Local/') ? 'local' : (/^\w+\/(.+)-\w+$/.exec(whole)?.[1] ?? whole);
    // Of a parked call the manager interface names its parker without a number.
    if (whole === `PJSIP/${endpoint}` || !/-\w+$/.test(whole)) return whole.replace(/^PJSIP\//, '');
    const known = names.get(whole);
    if (known !== undefined) return known + half;
    const n = (counts.get(endpoint) ?? 0) + 1;
    counts.set(endpoint, n);
    names.set(whole, `${endpoint}-${n}`);
    return `${endpoint}-${n}${half}`;
  };
  const calls = [...new Set(events.map((event) => event['call'] ?? ''))];
  const labelOf = (call: string) => LABELS[calls.indexOf(call)] ?? call;
  const channelOf = new Map(events.map((event) => [event['uniqueid'] ?? '', shortOf(event['channel'] ?? '')]));
  const linkedOf = new Map<string, string>();
  for (const event of events) {
    const { call = '', linkedid = '' } = event;
    if (!linkedOf.has(linkedid)) linkedOf.set(linkedid, call);
  }

  const wordOf = (kind: string, field: string, value: string): string => {
    if (WORDS[kind]?.includes(field)) return value;
    if (CHANNELS.includes(field)) return shortOf(value);
    if (UNIQUEIDS.includes(field)) return channelOf.get(value) ?? value;
    if (CALLS.includes(field)) return labelOf(value);
    if (field === 'until' || field === 'since') return (Number(value) - zero).toFixed(3);
    return value;
  };

  return events.map((event) => {
    const { at, event: kind = '', call = '', channel = '', linkedid = '', source } = event;
    const own = Object.fromEntries(
      Object.entries(event)
        .filter(([field, value]) => value !== '' && !HEAD.includes(field) && !LEFT_OUT.includes(field))
        .map(([field, value]) => [field, wordOf(kind, field, value)]),
    );
    const first = takeFirst(kind, own, event['side'] ?? '');
    const more = Object.entries(own).map(([field, value]) => `${field} ${value}`);
    if (source) more.push(`source ${source}`);
    const about = [first, ...more].filter((word) => word !== '').join('  ');
    const marks = call === calls[0] ? '' : `  of ${labelOf(call)}`;
    const linked = labelOf(linkedOf.get(linkedid) ?? '');
    const lid = linked === labelOf(call) ? '' : `  lid ${linked}`;
    const time = (Number(at) - zero).toFixed(3).padStart(7);
    return `${time}  ${kind.padEnd(8)} ${about.padEnd(70)} ch ${shortOf(channel)}${marks}${lid}`;
  });
}

/** What stands before the names; taken out of `fields`. */
function takeFirst(kind: string, fields: Record<string, string>, side: string): string {
  const take = (field: string): string => {
    const value = fields[field] ?? '';
    delete fields[field];
    return value;
  };
  if (kind === 'call') return `${take('direction')} ${take('from') || '-'} → ${take('to')}`;
  if (kind === 'end') {
    const endpoint = take('endpoint');
    return side === 'caller' ? side : endpoint;
  }
  const names = FIRST[kind] ?? [];
  return names.every((name) => fields[name] !== undefined) ? names.map(take).join(' ') : '';
}

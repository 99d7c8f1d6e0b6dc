// A call as the lower part of a story tells it.
import type { Call } from '../../src/call/call.js';
import type { CallEvent } from '../../src/call/event.js';
import { fold } from '../../src/call/fold.js';

/** Tells a call; times are seconds from `zero`. */
export function tell(call: Call, zero: number): string[] {
  const s = (ms: number | null) => (ms === null ? '…' : (ms / 1000).toFixed(3));
  const t = (ms: number | null) => (ms === null ? '…' : ((ms - zero) / 1000).toFixed(3));
  const rows = [
    `call      ${call.direction} ${call.from || '-'} → ${call.to}   ${call.outcome}   ${t(call.startedAt)} – ${t(call.endedAt)}   ended by ${call.endedBy || '-'}`,
  ];
  for (const visit of call.visits)
    rows.push(
      `visit     ${visit.queue}   ${visit.outcome}   wait ${s(visit.wait)}${visit.operator ? `   by ${visit.operator}` : ''}`,
    );
  for (const offer of call.offers) rows.push(`offer     ${offer.operator}   ${offer.outcome}   ${s(offer.ring)}`);
  for (const leg of call.legs) {
    if (leg.role === 'caller' || leg.queue !== '') continue;
    const who = leg.role === 'trunk' ? 'trunk' : leg.endpoint;
    rows.push(`leg       ${who}   ${leg.outcome}   ${s((leg.answeredAt ?? leg.endedAt ?? 0) - leg.startedAt)}`);
  }
  for (const talk of call.talks)
    rows.push(
      `talk      ${talk.operator} ↔ ${talk.party}   ${talk.endedBy} ended   ${t(talk.startedAt)} – ${t(talk.endedAt)}`,
    );
  for (const odd of call.odd) rows.push(`odd       ${odd}`);
  return rows.map(tidy);
}

/** Folds the calls of a story and tells them in the order in which they began. */
export function tellAll(events: readonly CallEvent[], zero: number): string[] {
  const ids = new Set(events.map((event) => event.call));
  const calls = [...ids].map((id) =>
    fold(
      id,
      events.filter((event) => event.call === id),
    ),
  );
  return calls.sort((a, b) => a.startedAt - b.startedAt).flatMap((call) => tell(call, zero));
}

export const tidy = (row: string) => row.trim().replace(/\s+/g, ' ');

/** A row without its times, and the times: for comparing what a real PBX played with what the story says. */
export function split(row: string): { words: string; times: number[] } {
  const times: number[] = [];
  const words = tidy(row).replace(/\b\d+\.\d{3}\b/g, (number) => {
    times.push(Number(number));
    return '#';
  });
  return { words, times };
}

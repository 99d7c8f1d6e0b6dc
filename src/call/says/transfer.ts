// A call goes from hand to hand: transfer, parking, pickup.
import type { EventOf } from '../event.js';
import type { Facts } from '../facts.js';
import { endpointOf, moveOn, named, open, running, SAME_THING, type Says, step } from './tools.js';

export const TRANSFER: Says = {
  transfer(facts, event) {
    const by = endpointOf(facts, event.by);
    const kind = event.kind === 'attended' ? 'attended' : 'blind';
    if (event.result === 'begun') {
      begun(facts, event, by);
      return;
    }
    if (event.result === 'returned' && cameBack(facts, event)) return;
    const words = { what: event.to, outcome: event.result === 'ok' ? kind : event.result, detail: by };
    if (event.result === 'ok' && kind === 'attended') completed(facts, event, by);
    else step(facts, 'transfer', event, words, event.at);
    if (event.result !== 'ok') return;
    open(facts, event);
    moveOn(facts, event);
    if (event.target !== '' && facts.channels.has(event.target))
      facts.joins.push({ a: event.uniqueid, b: event.target, at: event.at, consult: false });
    else if (kind === 'blind') facts.splits.push({ uniqueid: event.uniqueid, at: event.at });
  },
  park(facts, event) {
    open(facts, event);
    moveOn(facts, event);
    facts.splits.push({ uniqueid: event.uniqueid, at: event.at });
    step(facts, 'park', event, { what: event.slot, detail: endpointOf(facts, event.by) }, null);
  },
  retrieve(facts, event) {
    const taker = open(facts, event);
    const parked = facts.steps.findLast(
      (s) =>
        s.step === 'park' &&
        s.endedAt === null &&
        (event.parked !== '' ? s.uniqueid === event.parked : s.what === event.slot || s.what === ''),
    );
    if (!parked) return;
    parked.endedAt = event.at;
    parked.outcome = 'retrieved';
    parked.what ||= event.slot;
    parked.detail = [parked.detail, taker.endpoint].filter(Boolean).join(' to ');
    taker.answeredAt ??= event.at;
    facts.joins.push({ a: parked.uniqueid, b: event.uniqueid, at: event.at, consult: false });
  },
  comeback(facts, event) {
    open(facts, event);
    const parked = running(facts, 'park', event.uniqueid);
    if (!parked) return;
    parked.endedAt = event.at;
    parked.outcome = 'came_back';
    parked.what ||= event.slot;
  },
  pickup(facts, event) {
    const taker = open(facts, event);
    pickedUp(facts, event, taker.endpoint);
    const picked = facts.channels.get(event.picked);
    // Whoever picks up stands in the place of the phone that rang: dialled by the same channel, for the same queue.
    if (picked && picked !== taker) {
      taker.dialler = picked.dialler;
      taker.queue ||= picked.queue;
    }
  },
};

type Transfer = EventOf<'transfer'>;

/** It was told when it was made: one transfer, which lasts until it is back. */
function cameBack(facts: Facts, event: Transfer): boolean {
  const made = facts.steps.findLast((s) => s.step === 'transfer' && s.uniqueid === event.uniqueid);
  if (made?.outcome !== 'blind') return false;
  made.outcome = 'returned';
  made.endedAt = event.at;
  return true;
}

/** What was asked for, then which call it was, then the same by the manager interface: one step. */
function pickedUp(facts: Facts, event: EventOf<'pickup'>, operator: string): void {
  const told = facts.steps.findLast(
    (s) => s.step === 'pickup' && s.uniqueid === event.uniqueid && event.at - s.startedAt <= SAME_THING,
  );
  if (told && told.source === event.source) told.what ||= event.target;
  else step(facts, 'pickup', event, { what: event.target, operator }, event.at);
}

/** A consultation by feature code or manager action: the transferer talks with somebody else, the other side waits. */
function begun(facts: Facts, event: Transfer, by: string): void {
  open(facts, event);
  const transferer = named(facts, event.by);
  if (transferer) facts.joins.push({ a: transferer.uniqueid, b: event.uniqueid, at: event.at, consult: true });
  step(facts, 'transfer', event, { what: event.to, outcome: 'consulting', detail: by }, null);
}

/** What one dials, unlike an extension of the dialplan's own. */
const NUMBER = /^[+*#\d]/;

/** The consultation became a transfer: one step, from its beginning on if that was told. */
function completed(facts: Facts, event: Transfer, by: string): void {
  const consulting = facts.steps.findLast(
    (s) => s.step === 'transfer' && s.outcome === 'consulting' && s.detail === by,
  );
  if (!consulting) {
    const target = facts.channels.get(event.target)?.endpoint ?? '';
    // In a queue, and behind a trunk, the manager interface names the extension s of the dialplan: the number is the one that
    // the transferer dialled.
    const nameless = event.target === '' || !NUMBER.test(event.to);
    const dialled = nameless ? (facts.calls.get(event.other)?.started?.to ?? '') : '';
    const words = { what: dialled || event.to || target, outcome: 'attended', detail: by };
    step(facts, 'transfer', event, words, event.at);
    return;
  }
  consulting.outcome = 'attended';
  consulting.endedAt = event.at;
}

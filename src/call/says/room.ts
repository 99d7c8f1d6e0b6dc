// What else happens on the way: menus, music for the other side, rooms, messages, recordings, listening in.
import { ending, open, running, type Says, step } from './tools.js';

export const ROOM: Says = {
  menu(facts, event) {
    open(facts, event);
    const asked = running(facts, 'menu', event.uniqueid);
    if (event.key !== '' && asked && asked.what === event.menu) {
      asked.endedAt = event.at;
      asked.outcome = event.key;
      return;
    }
    if (asked) asked.endedAt = event.at;
    step(facts, 'menu', event, { what: event.menu, outcome: event.key }, event.key === '' ? null : event.at);
  },
  hold(facts, event) {
    const holder = open(facts, event);
    if (running(facts, 'hold', event.uniqueid)) return;
    step(facts, 'hold', event, { operator: holder.endpoint || event.endpoint }, null);
  },
  unhold(facts, event) {
    open(facts, event);
    const held = running(facts, 'hold', event.uniqueid);
    if (held) held.endedAt = event.at;
  },
  join(facts, event) {
    const who = open(facts, event);
    // Who goes into a room leaves the talk that was.
    facts.splits.push({ uniqueid: event.uniqueid, at: event.at });
    step(facts, 'conference', event, { what: event.room, detail: event.role, operator: who.endpoint }, null);
  },
  quit(facts, event) {
    open(facts, event);
    const stay = ending(facts, 'conference', event);
    if (!stay) return;
    stay.endedAt ??= event.at;
    stay.outcome ||= event.reason;
  },
  voicemail(facts, event) {
    open(facts, event);
    const left = event.status === '' || event.status.toUpperCase() === 'SUCCESS';
    const words = { what: event.mailbox, outcome: left ? 'left' : event.status.toLowerCase(), detail: event.file };
    const length = event.length === null ? null : event.length * 1000;
    step(facts, 'voicemail', event, { ...words, length }, event.at);
  },
  record(facts, event) {
    open(facts, event);
    const going = running(facts, 'recording', event.uniqueid);
    if (going && going.what === event.file) return;
    step(facts, 'recording', event, { what: event.file, detail: event.mode }, null);
  },
  recorded(facts, event) {
    open(facts, event);
    const going = ending(facts, 'recording', event);
    if (!going) return;
    going.endedAt ??= event.at;
    going.outcome = 'stopped';
    going.length ??= event.length === null ? null : event.length * 1000;
  },
  spy(facts, event) {
    const spy = open(facts, event);
    step(facts, 'spy', event, { what: event.target, detail: event.mode, operator: spy.endpoint }, null);
  },
  spied(facts, event) {
    open(facts, event);
    const listening = running(facts, 'spy', event.uniqueid);
    if (listening) listening.endedAt = event.at;
  },
};

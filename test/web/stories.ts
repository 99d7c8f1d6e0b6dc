// Made-up calls for the page of a call: told as the golden stories are, and folded as real ones.
import { formatLine } from '../../src/call/event.js';
import { fold } from '../../src/call/fold.js';
import type { Story } from '../../src/web/deps.js';
import { readStory } from '../stories/story.js';

/** A long way through the house: menu, queue, a missed offer, a talk with a hold, a consultation, parking, a message. */
const LONG = `story   A long way
  0.000  call     in  +998001234218 → 5551000  trunk trunk               ch trunk-1
  0.400  menu     main                                                   ch trunk-1
  6.900  menu     main  key 2                                            ch trunk-1
  7.000  enter    support                                                ch trunk-1
  7.100  position support 2                                              ch trunk-1
  9.000  offer    101  queue support  dialler trunk-1                    ch 101-1
 24.000  end      101  cause 0                                           ch 101-1
 24.200  offer    112  queue support  dialler trunk-1                    ch 112-1
 27.600  answer   112  queue support  dialler trunk-1                    ch 112-1
 28.000  record   /var/spool/monitor/2026/a-call.wav                     ch trunk-1
 55.000  hold     112  source ami                                        ch 112-1
 56.000  call     internal  112 → 103  endpoint 112                      ch 112-2  of consult
 56.100  dial     103                                                    ch 112-2  of consult
 56.200  ring     103  dialler 112-2                                     ch 103-1  of consult
 59.000  answer   103  dialler 112-2                                     ch 103-1  of consult
 71.000  end      112  cause 16                                          ch 112-1
 71.010  transfer attended  by 112-1  target 103-1  other consult  source ami   ch trunk-1
 71.040  end      caller  cause 16                                       ch 112-2  of consult
 96.000  end      103  cause 16                                          ch 103-1  of consult  lid main
 96.010  park     by 103-1                                               ch trunk-1
 96.020  park     slot 701  by 103-1  source ami                         ch trunk-1
108.000  call     internal  104 → 701  endpoint 104                      ch 104-1  of taker
108.020  retrieve 701  parked trunk-1  other main  source ami            ch 104-1  of taker
150.000  end      caller  cause 16  by trunk-1                           ch 104-1  of taker  lid main
150.010  end      caller  cause 16  by trunk-1                           ch trunk-1
`;

/** Folds a text of the golden stories' form; `id` becomes the id of its call. */
export function storyOf(text: string, id: string = ''): Story {
  const { events } = readStory('web', text);
  const call = fold(events[0]?.call ?? '', events);
  const named = (own: string) => (id !== '' && own === call.id ? id : own);
  const lines = events.map((event) => formatLine({ ...event, call: named(event.call) }));
  return { call: { ...call, id: named(call.id) }, lines };
}

/** The call that went a long way; Lola (112) is in it, Irina (109) is not. */
export const longStory = (id: string = ''): Story => storyOf(LONG, id);

/** Nobody answered, and the events are gone. */
export function lostStory(): Story {
  const { call } = storyOf(`story   In vain
  0.000  call     in  5550163 → 5551000  trunk trunk               ch trunk-1
  0.200  enter    sales                                            ch trunk-1
  0.300  offer    101  queue sales  dialler trunk-1                ch 101-1
 15.300  end      101  cause 0                                     ch 101-1
 21.000  end      caller  cause 16  abandoned TRUE                 ch trunk-1
`);
  return { call, lines: [] };
}

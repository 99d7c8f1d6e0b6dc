// The calls that are played on FreePBX with the overlay and without: steps of test/stories/play.ts.

/** A server that does not answer costs a call a second at most before the first hook lets it go on: who gives up waits longer. */
export const CALLS: Readonly<Record<string, readonly string[]>> = {
  'a queue: one member answers': [
    '+998000000101 dials 5551000',
    '101 rings',
    '102 answers after 0.5 s',
    '102 hangs up after 0.3 s',
  ],
  'a queue: the caller gives up': [
    '+998000000101 dials 5551000',
    '101 rings',
    '102 rings',
    'caller gives up after 2.2 s',
  ],
  'a queue: the time is over while it rings': ['+998000000101 dials 5551000', '101 rings', '102 rejects'],
  'an inbound number to an extension': [
    '+998000000101 dials 5551001',
    '101 answers after 0.2 s',
    'caller hangs up after 0.2 s',
  ],
  'an unknown number': ['+998000000101 dials 5559999', 'caller gives up after 2.2 s'],
  'an extension': ['103 dials 101', '101 answers after 0.2 s', '101 hangs up after 0.2 s'],
  'an extension that is busy': ['103 dials 101', '101 is busy'],
  'an extension that is not there': ['103 dials 104'],
  'a ring group: one answers': [
    '+998000000101 dials 5551002',
    '101 rings',
    '102 answers after 0.3 s',
    '102 hangs up after 0.2 s',
  ],
  'to the outside': ['101 dials 9004912345', 'client answers after 0.2 s', 'client hangs up after 0.2 s'],
  'to the outside: busy': ['101 dials 9004912345', 'client is busy'],
  'to the outside: the trunk is down': ['101 dials 9004912345', 'client is out of order'],
  'a queue that nobody serves': ['+998000000101 dials 5551004'],
  'a ring group: one after the other': [
    '103 dials 601',
    '101 rings',
    '102 answers after 0.2 s',
    '103 hangs up after 0.2 s',
  ],
  'follow-me: the own phone, then a colleague': [
    '101 dials FM102',
    '102 rings',
    '103 answers after 0.2 s',
    '101 hangs up after 0.2 s',
  ],
  'a blind transfer': [
    '+998000000101 dials 5551001',
    '101 answers after 0.2 s',
    '103 answers after 0.2 s',
    '101 transfers to 103 after 0.2 s',
    'caller hangs up after 0.3 s',
  ],
  'an attended transfer': [
    '+998000000101 dials 5551001',
    '101 answers after 0.2 s',
    '103 answers after 0.2 s',
    '101 asks 103 after 0.2 s',
    '101 joins them after 0.3 s',
    '+998000000101 hangs up after 0.3 s',
  ],
  'a parked call': [
    '+998000000101 dials 5551001',
    '101 answers after 0.2 s',
    '101 transfers to 70 after 0.2 s',
    '103 takes 71 after 0.1 s',
    '+998000000101 hangs up after 0.5 s',
  ],
  'voicemail of an extension': [
    '103 dials 102',
    '102 rings',
    'everybody speaks',
    'caller leaves after 1.5 s',
    'everybody is silent',
  ],
  'an extension that is forwarded, for some seconds': [
    '101 dials 102',
    '103 answers after 0.2 s',
    '103 hangs up after 0.2 s',
  ],
};

/** Commands of the PBX's console before some of them. What they set stays: those calls are the last. */
export const BEFORE: Readonly<Record<string, readonly string[]>> = {
  'an extension that is forwarded, for some seconds': [
    'database put CF 102 103',
    'database put AMPUSER/102 cfringtimer 10',
  ],
};

/** What FreePBX must have run in some of them, or they would prove nothing. */
export const RUNS: Readonly<Record<string, RegExp>> = {
  'a queue: the time is over while it rings': /macro-blkvm-check.*macro-vm:5 Hangup/s,
  'a ring group: one answers': /macro-auto-blkvm/,
  'a ring group: one after the other': /macro-dial-hunt-predial-hook|macro-dial:.*HuntMember/s,
  'a parked call': /macro-parked-call.*ParkedCall\(/s,
  // 17 loses the seconds on the way, and goes straight on.
  'an extension that is forwarded, for some seconds': /Dial\(Local\/103@from-internal\/n|Goto\(from-internal,103,1\)/,
  'voicemail of an extension': /VoiceMail\(102@default,su\)/,
};

// One SIP request and its answers over a transport that may lose either (RFC 3261 §17), seen from both ends.
import { cseq, formatMessage, header, type SipMessage } from './message.js';

/** Milliseconds until the first repeat, as the RFC has it. */
export const T1 = 500;
const T2 = 4000;
/** How long a request may go unanswered, and how long a repeat of it is still known. */
const PATIENCE = 64 * T1;
/** RFC 3261 timer C: an INVITE that rings may ring so long. */
const RINGING = 180_000;

/** A request of ours under way. */
export interface Sent {
  readonly message: SipMessage;
  /** The final answer. Rejects when none came in time: 32 s, or 180 s once an INVITE rang. */
  readonly final: Promise<SipMessage>;
  /** True once anything at all was answered. */
  answered(): boolean;
}

export interface ClientTransaction extends Sent {
  /** Takes an answer; says what to make of it. */
  receive(response: SipMessage): 'provisional' | 'final' | 'repeated';
  stop(): void;
}

/** Sends the request and repeats it until it is answered. An INVITE that is refused is acknowledged here, as the RFC wants. */
export function startClient(message: SipMessage, transmit: (text: string) => void, t1 = T1): ClientTransaction {
  const text = formatMessage(message);
  const invite = message.method === 'INVITE';
  const name = `${message.method} ${message.uri}`;
  let settle: { resolve(m: SipMessage): void; reject(e: Error): void } = { resolve() {}, reject() {} };
  const final = new Promise<SipMessage>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // The caller may look at it later, or never.
  final.catch(() => {});
  let [answered, done] = [false, false];
  const repeat = repeater(transmit, text, t1, invite ? PATIENCE : T2);
  const expire = (ms: number) =>
    setTimeout(() => end(new Error(`${name}: no final answer in ${ms / 1000} s`)), ms).unref();
  let patience = expire(PATIENCE);
  const end = (error?: Error) => {
    done = true;
    repeat.stop();
    clearTimeout(patience);
    if (error !== undefined) settle.reject(error);
  };
  return {
    message,
    final,
    answered: () => answered,
    receive(response) {
      if (response.status >= 300 && invite) transmit(formatMessage(ackOfRefusal(message, response)));
      if (done) return 'repeated';
      answered = true;
      if (response.status >= 200) {
        end();
        settle.resolve(response);
        return 'final';
      }
      if (invite) {
        repeat.stop();
        clearTimeout(patience);
        patience = expire(RINGING);
      }
      return 'provisional';
    },
    stop: () => {
      if (!done) end(new Error(`${name}: the phone was closed before an answer came`));
    },
  };
}

// RFC 3261 §17.1.1.3: same Via, From, Call-ID and number as the INVITE, the To of the answer.
function ackOfRefusal(invite: SipMessage, response: SipMessage): SipMessage {
  const kept = invite.headers.filter(([key]) =>
    ['via', 'max-forwards', 'from', 'call-id', 'route'].includes(key.toLowerCase()),
  );
  const rest: [string, string][] = [
    ['To', header(response, 'To')],
    ['CSeq', `${cseq(invite).number} ACK`],
  ];
  return { method: 'ACK', uri: invite.uri, status: 0, reason: '', headers: [...kept, ...rest], body: '' };
}

export interface ServerTransaction {
  /** Sends an answer and keeps it for repeats; a final one to an INVITE is repeated until acknowledged() or 32 s. */
  answer(text: string, final: boolean): void;
  /** The request came again: the last answer goes out again. */
  repeated(): void;
  acknowledged(): void;
  stop(): void;
}

/** Answers one request; `forget` is called when no repeat of it is to be expected any more. */
export function startServer(
  invite: boolean,
  transmit: (text: string) => void,
  forget: () => void,
  t1 = T1,
): ServerTransaction {
  let last: string | null = null;
  let repeat: { stop(): void } | null = null;
  let patience: NodeJS.Timeout | undefined;
  const stop = () => {
    repeat?.stop();
    clearTimeout(patience);
  };
  return {
    answer(text, final) {
      last = text;
      if (!final) return transmit(text);
      repeat = repeater(transmit, text, t1, T2, invite);
      patience = setTimeout(() => {
        stop();
        forget();
      }, PATIENCE);
      patience.unref();
    },
    repeated: () => {
      if (last !== null) transmit(last);
    },
    acknowledged: () => repeat?.stop(),
    stop,
  };
}

/** Sends at once, then after `first` ms, twice that, four times … at most `longest` ms apart, until stopped. */
function repeater(
  transmit: (text: string) => void,
  text: string,
  first: number,
  longest: number,
  again = true,
): { stop(): void } {
  let wait = first;
  let timer: NodeJS.Timeout | undefined;
  const send = () => {
    transmit(text);
    if (!again) return;
    timer = setTimeout(send, wait);
    timer.unref();
    wait = Math.min(2 * wait, longest);
  };
  send();
  return { stop: () => clearTimeout(timer) };
}

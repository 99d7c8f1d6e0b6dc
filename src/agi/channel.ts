import {
  type ControlKeys,
  controlArguments,
  milliseconds,
  type RecordOptions,
  recordArguments,
  text,
} from './arguments.js';
import type { AgiValue } from './encode.js';
import { type AgiParams, readArgs, readEnv, readParams } from './env.js';
import type { Session, SessionListener } from './session.js';

export interface AgiEvents {
  /** The caller hung up; the session goes on for `graceMs`, so that a script can finish. */
  hangup: () => void;
  /** The session is over, however it ended. */
  close: () => void;
  /** The connection broke; `close` follows. */
  error: (error: Error) => void;
}

const NONE: readonly AgiValue[] = [];

type Listener = (error?: Error) => void;

/**
 * A script's view of the call, with the names and arguments of fastagi.io and of AGI itself. Every command gives a
 * promise of {code, result, data}; it rejects with an AgiError. Times are seconds unless the name says otherwise.
 * What a command does and answers: `agi show commands topic …` on the PBX.
 */
export class AgiChannel implements SessionListener {
  readonly #session: Session;
  readonly #query: string;
  #env: ReadonlyMap<string, string> | null = null;
  #args: string[] | null = null;
  #params: AgiParams | null = null;
  #listeners: Array<[event: string, listener: Listener]> | null = null;

  constructor(session: Session, query: string) {
    this.#session = session;
    this.#query = query;
  }

  /** Path of the request as sent: `/demo1`. */
  get path(): string {
    return this.#session.path;
  }
  /** Query of the request; repeated keys become arrays. */
  get params(): AgiParams {
    this.#params ??= readParams(this.#query);
    return this.#params;
  }
  /** The environment: agi_channel, agi_uniqueid, agi_callerid, …; the first value of a key. */
  get env(): ReadonlyMap<string, string> {
    this.#env ??= readEnv(this.#session.text);
    return this.#env;
  }
  /** Arguments of AGI(agi://…,arg 1,arg 2): agi_arg_1 is args[0]. */
  get args(): readonly string[] {
    this.#args ??= readArgs(this.env);
    return this.#args;
  }
  /** The environment as fastagi.io scripts reach it: `channel.channelData.agi_callerid`. */
  get channelData(): Readonly<Record<string, string>> {
    return Object.assign(Object.create(null), Object.fromEntries(this.env));
  }
  /** The caller hung up: most commands are refused from now on. */
  get hungup(): boolean {
    return this.#session.hungup;
  }
  /** No command is taken any more. */
  get closed(): boolean {
    return this.#session.state !== 'open';
  }

  /** Calls `listener` at `hangup`, `close` or `error`. One that throws is a failed script. */
  on<E extends keyof AgiEvents>(event: E, listener: AgiEvents[E]): this {
    this.#listeners ??= [];
    this.#listeners.push([event, listener as Listener]);
    return this;
  }
  /** Called by the session. Listeners run after the current turn, so close() never calls back into its caller. */
  notify(event: keyof AgiEvents, error?: Error): void {
    if (!this.#listeners) return;
    for (const [name, listener] of this.#listeners) {
      if (name === event) process.nextTick(call, this.#session, this, listener, error);
    }
  }

  /** Any AGI command: `command('GET VARIABLE', name)` encodes its arguments; a single string is sent as one line. */
  command(command: string, ...args: AgiValue[]) {
    return args.length === 0 ? this.#session.sendLine(String(command)) : this.#session.send(String(command), args);
  }
  /** Gives the call back to the dialplan once the commands already given are answered. */
  close(): void {
    this.#session.close();
  }

  answer() {
    return this.#session.send('ANSWER', NONE);
  }
  asyncagiBreak() {
    return this.#session.send('ASYNCAGI BREAK', NONE);
  }
  /** State of this channel (6 is up), or of the one named. */
  status(channel?: string) {
    return this.#session.send('CHANNEL STATUS', [channel]);
  }
  /** Hangs up this channel, or the one named. */
  hangup(channel?: string) {
    return this.#session.send('HANGUP', [channel]);
  }
  noop() {
    return this.#session.send('NOOP', NONE);
  }
  /** A line on the PBX console, shown from this verbosity on. */
  verbose(message: AgiValue, level: AgiValue = 3) {
    return this.#session.send('VERBOSE', [message, level]);
  }
  /** Runs a dialplan application; its options are joined by commas. result is what it returned, -2 if there is none. */
  exec(application: string, ...options: AgiValue[]) {
    return this.#session.send(
      'EXEC',
      options.length === 0 ? [application] : [application, options.map(text).join(',')],
    );
  }
  /** Runs a subroutine and comes back; priority is a number or a label. */
  gosub(context: string, extension: AgiValue, priority: AgiValue, args?: AgiValue) {
    return this.#session.send('GOSUB', [context, extension, priority, args]);
  }

  getVariable(name: string) {
    return this.#session.send('GET VARIABLE', [name]);
  }
  /** Evaluates an expression such as `${CALLERID(num)}`, on this channel or on the one named. */
  getFullVariable(expression: string, channel?: string) {
    return this.#session.send('GET FULL VARIABLE', [expression, channel]);
  }
  setVariable(name: string, value: AgiValue) {
    return this.#session.send('SET VARIABLE', [name, text(value)]);
  }
  setAutohangup(seconds: AgiValue) {
    return this.#session.send('SET AUTOHANGUP', [seconds]);
  }
  setCallerid(callerid: string) {
    return this.#session.send('SET CALLERID', [callerid]);
  }
  setContext(context: string) {
    return this.#session.send('SET CONTEXT', [context]);
  }
  setExtension(extension: AgiValue) {
    return this.#session.send('SET EXTENSION', [extension]);
  }
  setPriority(priority: AgiValue) {
    return this.#session.send('SET PRIORITY', [priority]);
  }
  setMusic(on: boolean, musicClass?: string) {
    return this.#session.send(on ? 'SET MUSIC ON' : 'SET MUSIC OFF', [musicClass]);
  }

  databaseGet(family: string, key: AgiValue) {
    return this.#session.send('DATABASE GET', [family, text(key)]);
  }
  databasePut(family: string, key: AgiValue, value: AgiValue) {
    return this.#session.send('DATABASE PUT', [family, text(key), text(value)]);
  }
  databaseDel(family: string, key: AgiValue) {
    return this.#session.send('DATABASE DEL', [family, text(key)]);
  }
  databaseDeltree(family: string, keytree?: AgiValue) {
    return this.#session.send('DATABASE DELTREE', [family, keytree]);
  }

  /** Plays a prompt and collects digits: they are `result`; data is `timeout` when time ran out. */
  getData(prompt: string, timeout?: AgiValue, maxDigits?: AgiValue) {
    return this.#session.send('GET DATA', [prompt, milliseconds(timeout), maxDigits]);
  }
  /** Plays a prompt, stopped by one of the digits, then waits for one. result is the digit's ASCII code. */
  getOption(prompt: string, escapeDigits: AgiValue = '', timeout?: AgiValue) {
    return this.#session.send('GET OPTION', [prompt, escapeDigits, milliseconds(timeout)]);
  }
  /** result is the digit's ASCII code, 0 when none came. A timeout below 0 waits for ever. */
  waitDigit(timeout: AgiValue) {
    return this.#session.send('WAIT FOR DIGIT', [milliseconds(timeout)]);
  }
  /** STREAM FILE, from `offset` samples on. */
  playFile(prompt: string, escapeDigits: AgiValue = '', offset?: AgiValue) {
    return this.#session.send('STREAM FILE', [prompt, escapeDigits, offset]);
  }
  /** Plays a file that the caller can wind, pause and stop with digits. */
  controlStreamFile(prompt: string, escapeDigits: AgiValue = '', keys: ControlKeys = {}) {
    return this.#session.send('CONTROL STREAM FILE', [prompt, escapeDigits, ...controlArguments(keys)]);
  }
  /** Records until a digit, the timeout (below 0: none) or `silence` seconds of silence. */
  recordFile(file: string, format: string, escapeDigits: AgiValue, timeout: AgiValue, more: RecordOptions = {}) {
    return this.#session.send('RECORD FILE', [
      file,
      format,
      escapeDigits,
      milliseconds(timeout),
      ...recordArguments(more),
    ]);
  }

  sayAlpha(value: AgiValue, escapeDigits: AgiValue = '') {
    return this.#session.send('SAY ALPHA', [value, escapeDigits]);
  }
  sayDate(time: AgiValue, escapeDigits: AgiValue = '') {
    return this.#session.send('SAY DATE', [time, escapeDigits]);
  }
  sayDateTime(time: AgiValue, escapeDigits: AgiValue = '', format: AgiValue = 'ABdYIMp', timeZone?: AgiValue) {
    return this.#session.send('SAY DATETIME', [time, escapeDigits, format, timeZone]);
  }
  sayDigits(digits: AgiValue, escapeDigits: AgiValue = '') {
    return this.#session.send('SAY DIGITS', [digits, escapeDigits]);
  }
  sayNumber(number: AgiValue, escapeDigits: AgiValue = '', gender?: AgiValue) {
    return this.#session.send('SAY NUMBER', [number, escapeDigits, gender]);
  }
  sayPhonetic(value: AgiValue, escapeDigits: AgiValue = '') {
    return this.#session.send('SAY PHONETIC', [value, escapeDigits]);
  }
  sayTime(time: AgiValue, escapeDigits: AgiValue = '') {
    return this.#session.send('SAY TIME', [time, escapeDigits]);
  }

  receiveChar(timeout: AgiValue = 0) {
    return this.#session.send('RECEIVE CHAR', [milliseconds(timeout)]);
  }
  receiveText(timeout: AgiValue = 0) {
    return this.#session.send('RECEIVE TEXT', [milliseconds(timeout)]);
  }
  sendImage(image: string) {
    return this.#session.send('SEND IMAGE', [image]);
  }
  sendText(message: AgiValue) {
    return this.#session.send('SEND TEXT', [text(message)]);
  }
  tddMode(mode: 'on' | 'off' | 'mate' | 'tdd') {
    return this.#session.send('TDD MODE', [mode]);
  }

  speechCreate(engine: string) {
    return this.#session.send('SPEECH CREATE', [engine]);
  }
  speechSet(name: string, value: AgiValue) {
    return this.#session.send('SPEECH SET', [name, text(value)]);
  }
  speechDestroy() {
    return this.#session.send('SPEECH DESTROY', NONE);
  }
  speechLoadGrammar(name: string, path: string) {
    return this.#session.send('SPEECH LOAD GRAMMAR', [name, path]);
  }
  speechUnloadGrammar(name: string) {
    return this.#session.send('SPEECH UNLOAD GRAMMAR', [name]);
  }
  speechActivateGrammar(name: string) {
    return this.#session.send('SPEECH ACTIVATE GRAMMAR', [name]);
  }
  speechDeactivateGrammar(name: string) {
    return this.#session.send('SPEECH DEACTIVATE GRAMMAR', [name]);
  }
  /** data is `speech` (results in `tail`), `digit`, `hangup` or `timeout`. */
  speechRecognize(prompt: string, timeout: AgiValue, offset?: AgiValue) {
    return this.#session.send('SPEECH RECOGNIZE', [prompt, timeout, offset]);
  }
}

function call(session: Session, channel: AgiChannel, listener: Listener, error: Error | undefined): void {
  try {
    listener.call(channel, error as Error);
  } catch (failure) {
    session.fail(failure);
  }
}

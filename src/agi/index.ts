// The FastAGI server: Asterisk connects, one script answers, the call goes on. It speaks the protocol with
// fastagi.io's interface and knows nothing of calls. Imports: node:net and this room only.

export type { AgiReply } from './answer.js';
export type { AgiApp, AgiHandler, AgiServer } from './app.js';
export { fastagi, fastagi as default } from './app.js';
export type { ControlKeys, RecordOptions } from './arguments.js';
export type { AgiChannel, AgiEvents } from './channel.js';
export { type AgiValue, MAX_COMMAND_BYTES } from './encode.js';
export type { AgiParams } from './env.js';
export { AgiError, type AgiErrorCode } from './error.js';
export { type AgiLog, type AgiOptions, DEFAULTS } from './options.js';
export type { AgiStats, Trouble } from './stats.js';

// Asterisk's manager interface. The only room that knows asterisk-manager; imports src/log at most.
export { type Ami, type AmiLog, type AmiOptions, type AmiState, connectAmi } from './connect.js';
export { AmiError, type AmiErrorCode } from './error.js';
export type { AmiFields, AmiValue } from './fields.js';
export type { AmiMessage } from './message.js';

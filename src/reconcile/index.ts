// Compares the live calls of the tables with the PBX's channels. May import src/ami and src/call.
export type { OpenChannel } from './compare.js';
export { type ReconcileDeps, reconcile } from './reconcile.js';
export { type StartOptions, startReconcile } from './start.js';

// The PBX's own word, through the manager interface: what no hook can see is listened to (watch.ts), and every minute the tables
// are compared with the PBX (reconcile.ts). May import src/ami and src/call.
export { type AgedRules, agedLines, startAged } from './aged.js';
export type { OpenChannel } from './compare.js';
export type { OperatorSeen } from './crew.js';
export { NOTHING_YET, type ReconcileDeps, reconcile } from './reconcile.js';
export { type Comparing, type StartOptions, startReconcile } from './start.js';

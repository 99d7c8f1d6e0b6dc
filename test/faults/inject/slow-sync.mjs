// Injected by --import: every fdatasync of a file handle takes FAULT_SYNC_MS longer.
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

// The class of file handles is not exported: one is opened to reach it.
const path = join(tmpdir(), `dialhook-sync-${process.pid}-${threadId}`);
const probe = await open(path, 'w');
const prototype = Object.getPrototypeOf(probe);
await probe.close();
await unlink(path);
const real = prototype.datasync;
prototype.datasync = async function datasync() {
  await sleep(Number(process.env.FAULT_SYNC_MS));
  return real.call(this);
};

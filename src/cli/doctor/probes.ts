// What the doctor looks through. main.ts hands it in; tests hand in others.
import type { FreepbxHost } from './freepbx/host.js';

export interface Probes {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Version of node, such as `20.19.0`. */
  node: string;
  database: DatabaseProbe;
  /** Bytes of this host's journal that the tables do not hold yet; null when there is no journal here. */
  journalBehind(): Promise<number | null>;
  /** Connects and logs in to the manager interface. Throws with the reason in words. */
  manager(): Promise<ManagerProbe>;
  /** FreePBX's configuration; only where it is read. Rejects when its database is away. */
  freepbx(): Promise<FreepbxProbe>;
  /** The FreePBX of this host; null where there is none. */
  freepbxHost(): Promise<FreepbxHost | null>;
  /** Which process listens on a port of this host; null when nobody does or it can't be seen. */
  listener(port: number): Promise<{ pid: number; command: string } | null>;
}

/** A cluster, as the node in use tells it; the fields are those of store/health.ts. */
export interface ClusterFound {
  node: string;
  size: number;
  addresses: readonly string[];
  state: string;
  paused: number;
  refused: number;
  keyless: readonly string[];
  foreign: readonly string[];
  syncWait: number;
  autoIncrement: number;
}

/** Each question throws when the database does not answer. */
export interface DatabaseProbe {
  /** Name and version, such as `MariaDB 10.11.6`, after a real question to it. */
  product(): Promise<string>;
  /** Its clock, milliseconds since the epoch; null when it has none of its own (an embedded one). */
  clock(): Promise<number | null>;
  /** What the cluster is like; null where the database is none. */
  cluster(): Promise<ClusterFound | null>;
  /** Names of migrations that have not run. */
  pending(): Promise<string[]>;
  journals(): Promise<{ server: string; events: number; lastEventAt: number | null; appliedAt: number }[]>;
  rejected(): Promise<{ count: number; newest: { at: number; reason: string }[] }>;
  close(): Promise<void>;
}

export interface ManagerAnswer {
  get(key: string): string | undefined;
}

export interface ManagerEvent extends ManagerAnswer {
  /** All values of a header that is repeated. */
  getAll(key: string): string[];
}

/** The manager interface, logged in. An answer that says Error, and no answer in time, throw. */
export interface ManagerProbe {
  action(name: string, fields?: Record<string, string | Record<string, string>>): Promise<ManagerAnswer>;
  /** Hears what the PBX tells by itself, until the function it gives is called. */
  listen(listener: (event: ManagerEvent) => void): () => void;
  close(): Promise<void>;
}

export interface FreepbxProbe {
  /** Tables of FreePBX that are not there, or of which a column may not be read. */
  missing: string[];
  /** Rights of the user that are not needed. */
  tooMuch: string[];
  extensions: number;
  /** How the server's own reading goes, times in ms; null when it never read. */
  reading: { readAt: number | null; failingSince: number | null; error: string } | null;
}

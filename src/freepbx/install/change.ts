// What an installation or a removal consists of: a list of changes, each of which can be shown, done, and put back.

export interface Owner {
  uid: number;
  gid: number;
}

/** A file as it is on the disk. */
export interface Was extends Owner {
  bytes: Buffer;
  mode: number;
}

export interface WriteFile {
  kind: 'write';
  /** Where the file really lies; a link to it stays a link. */
  path: string;
  /** Null: there is none yet. */
  was: Was | null;
  bytes: Buffer;
  mode: number;
  owner: Owner | OwnerNames;
  /** Holds a password: its values are not shown. */
  secret: boolean;
  why: string;
}

/** Owners that may not exist before an earlier change made them. */
export interface OwnerNames {
  user: string;
  group: string;
}

export interface DeleteFile {
  kind: 'delete';
  path: string;
  was: Was;
  secret: boolean;
  why: string;
}

export interface MakeFolder {
  kind: 'folder';
  path: string;
  mode: number;
  owner: Owner | OwnerNames;
  why: string;
}

export interface RemoveFolder extends Owner {
  kind: 'rmdir';
  path: string;
  mode: number;
  why: string;
}

/** Something outside our files: a program that is run, a database that is made. */
export interface Act {
  kind: 'act';
  /** What it does, for a person; a command as one would type it. */
  says: string;
  do(): Promise<void>;
  /** Puts it back; null where there is nothing to put back. */
  undo: (() => Promise<void>) | null;
  /** Makes a running program read its files: done once more after files were put back. */
  reload?: boolean;
  /** Can not be put back, so it is done when all the rest is done; its failure is told and stops nothing. */
  final?: boolean;
  /** A failure may leave part of it done: it is put back then too. */
  halfway?: boolean;
  /** A failure is told, and the rest goes on. */
  may?: boolean;
}

export type Change = WriteFile | DeleteFile | MakeFolder | RemoveFolder | Act;

export interface Plan {
  changes: Change[];
  /** What a person should know before, one sentence each. */
  notes: string[];
  /** What is not right and will not be put right by this, one sentence each. */
  warnings: string[];
}

// What is written down of people and programs: who, what, from where. Never a password, never a token's secret.

export const AUDIT_KINDS = [
  'login',
  'login_failed',
  'login_throttled',
  'logout',
  'logout_everywhere',
  'password_changed',
  'user_added',
  'user_disabled',
  'user_enabled',
  'user_removed',
  'token_added',
  'token_removed',
  'token_used',
  'token_refused',
  'click',
  'toll_cap',
  'recording_heard',
  'recording_taken',
  'recording_kept',
  'recording_released',
  'recordings_deleted',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

export interface AuditLine {
  /** ms since the epoch. */
  at: number;
  /** 0: nobody that is known. */
  userId: number;
  login: string;
  kind: AuditKind;
  /** What it was done to: a number, an operator, a login, the id of a token. */
  target: string;
  /** What came of it, in words. */
  detail: string;
  /** Where it came from; empty for the server itself, `command line` for a command. */
  address: string;
}

export interface AuditRow extends AuditLine {
  /** Grows with each row. */
  seq: number;
}

export interface AuditQuery {
  /** Only this login, whatever its case; empty for all. */
  login?: string;
  kind?: AuditKind;
  /** From this moment on, before that one, ms. */
  since?: number;
  until?: number;
  /** Only rows older than this seq. */
  before?: number;
  limit: number;
}

export interface AuditStore {
  note(line: AuditLine): Promise<unknown>;
  /** Newest first. */
  list(query: AuditQuery): Promise<AuditRow[]>;
}

// Writes down what a person or a program did. A row that can't be written is told in the log and stops nobody.
import type { Request } from 'express';
import type { AuditKind } from '../auth/audit.js';
import type { Site } from './site.js';

export interface Noted {
  kind: AuditKind;
  user: { id: number; login: string } | null;
  target?: string;
  detail?: string;
}

/** Adds a row to the audit. Never throws. */
export async function note(site: Site, req: Request, { kind, user, target = '', detail = '' }: Noted): Promise<void> {
  const who = { userId: user?.id ?? 0, login: user?.login ?? '' };
  const line = { at: site.now(), ...who, kind, target, detail, address: req.ip ?? '' };
  await site.deps.audit
    .note(line)
    .catch((error: unknown) => site.deps.log.error({ kind, error: String(error) }, 'the audit could not be written'));
}

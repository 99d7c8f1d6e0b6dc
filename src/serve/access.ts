// The audit and the tokens, as the pages and the commands are handed them.
import type { AuditStore } from '../auth/audit.js';
import type { Scope, TokenStore } from '../auth/tokens.js';
import { findToken, listAudit, saveAudit, touchToken } from '../store/access.js';
import type { Db } from '../store/database.js';

export const auditStore = (db: Db): AuditStore => ({
  note: (line) => saveAudit(db, line),
  list: (query) => listAudit(db, query),
});

export const tokenStore = (db: Db): TokenStore => ({
  findToken: (id) => findToken<Scope>(db, id),
  touchToken: (id, usedAt, usedFrom) => touchToken(db, id, usedAt, usedFrom),
});

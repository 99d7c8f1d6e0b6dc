// The audit and the tokens, as the pages and the commands are handed them.
import type { AuditKind, AuditStore } from '../auth/audit.js';
import { newToken, SCOPE_ROLE, type Scope, type TokenStore } from '../auth/tokens.js';
import { atLeast } from '../auth/users.js';
import type { Tokens } from '../cli/deps.js';
import { findToken, listAudit, listTokens, removeToken, saveAudit, saveToken, touchToken } from '../store/access.js';
import type { Db } from '../store/database.js';
import { findUserByLogin, listUsers } from '../store/users.js';

export const auditStore = (db: Db): AuditStore => ({
  note: (line) => saveAudit(db, line),
  list: (query) => listAudit(db, query),
});

export const tokenStore = (db: Db): TokenStore => ({
  findToken: (id) => findToken<Scope>(db, id),
  touchToken: (id, usedAt, usedFrom) => touchToken(db, id, usedAt, usedFrom),
});

/** Who works on the command line is somebody on the server itself: which person that is, is not known here. */
export const noteCommand = (db: Db, kind: AuditKind, target: string, detail = ''): Promise<void> =>
  saveAudit(db, { at: Date.now(), userId: 0, login: '', kind, target, detail, address: 'command line' });

const DAY = 86_400_000;

/** The tokens of a database, for `dialhook token`; close() closes it. */
export const tokensIn = (db: Db): Tokens => ({
  list: async () => {
    const logins = new Map((await listUsers(db)).map((user) => [user.id, user.login]));
    return (await listTokens<Scope>(db)).map((row) => ({ ...row, login: logins.get(row.userId) ?? '' }));
  },
  add: async ({ login, name, scopes, days }) => {
    const user = await findUserByLogin(db, login);
    if (user === null) return null;
    const { id, text, secretHash } = newToken();
    const now = Date.now();
    const times = { createdAt: now, expiresAt: now + days * DAY, usedAt: null, usedFrom: '' };
    await saveToken(db, { id, secretHash, userId: user.id, name, scopes, ...times });
    await noteCommand(db, 'token_added', id, `for ${user.login}: ${scopes.join(' ')} · ${name}`);
    return { id, text, expiresAt: times.expiresAt, idle: scopes.filter((one) => !atLeast(user.role, SCOPE_ROLE[one])) };
  },
  remove: async (id) => {
    const removed = await removeToken(db, id);
    if (removed) await noteCommand(db, 'token_removed', id);
    return removed;
  },
  close: () => db.close(),
});

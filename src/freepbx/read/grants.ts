// What the user that reads FreePBX may do: read the columns that are read, and nothing else.
import { FREEPBX_COLUMNS } from '../../store/freepbx-source.js';

/** A name as MySQL takes it, whatever is in it. */
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/**
 * The statements that give a user the rights needed, one for each table: `GRANT SELECT (columns)`, so that the passwords beside
 * them stay closed. A table that is not there (a module not installed) makes its statement fail: go on with the next.
 * @param account as GRANT takes it, quoted by the caller: `'dialhook_read'@'localhost'`
 */
export const readGrants = (database: string, account: string): string[] =>
  Object.entries(FREEPBX_COLUMNS).map(
    ([table, columns]) =>
      `GRANT SELECT (${columns.map(quoted).join(', ')}) ON ${quoted(database)}.${quoted(table)} TO ${account}`,
  );

/** What the doctor looks at, to see which keys are missing. FreePBX 15 and 16 have no linkedid in cdr, so each column has a statement. */
const STOCK_COLUMNS = { cdr: ['calldate', 'linkedid', 'uniqueid'], cel: ['eventtime', 'linkedid', 'uniqueid'] };
/** FreePBX's database of calls. */
export const STOCK_DATABASE = 'asteriskcdrdb';

/** The statements by which a user sees columns and keys of FreePBX's tables of calls, and no number that was dialled. */
export const stockGrants = (account: string): string[] =>
  Object.entries(STOCK_COLUMNS).flatMap(([table, columns]) =>
    columns.map(
      (column) => `GRANT SELECT (${quoted(column)}) ON ${quoted(STOCK_DATABASE)}.${quoted(table)} TO ${account}`,
    ),
  );

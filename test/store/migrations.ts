// Where the migrations lie; apart from databases.ts, which belongs to mocha.
import { fileURLToPath } from 'node:url';

export const MIGRATIONS = fileURLToPath(new URL('../../sql/migrations', import.meta.url));

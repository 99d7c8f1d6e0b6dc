// A program for background.db.test.ts: starts the shared MariaDB, tells where it is, and has nothing more to do.
import { sharedMariaDb } from '../../scripts/lab/mariadb.js';

const { folder } = await sharedMariaDb();
process.stdout.write(`${JSON.stringify({ folder })}\n`);

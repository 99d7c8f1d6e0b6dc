// The database of an installation on a real MariaDB: made with users of its own, reading of FreePBX's only what it must, and gone again.

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type MariaDb, sharedMariaDb } from '../../scripts/lab/mariadb.js';
import { install, remove } from '../../src/freepbx/install/index.js';
import { planInstall } from '../../src/freepbx/install/plan.js';
import { settingsOf } from '../../src/freepbx/install/settings.js';
import { openDatabase } from '../../src/store/database.js';
import { askedOf, copyOf, differences, everything, quiet, removalOf, stillHost } from './install-lab.js';

describe('the database of dialhook freepbx install', () => {
  let server: MariaDb;
  let admin: string;
  before(async () => {
    server = await sharedMariaDb();
    admin = `mysql://${userInfo().username}@localhost/mysql?socket=${encodeURIComponent(server.socket)}`;
    await server.admin(
      "CREATE DATABASE IF NOT EXISTS theirs; CREATE TABLE IF NOT EXISTS theirs.users (extension VARCHAR(20), name VARCHAR(50), password VARCHAR(20)); REPLACE INTO theirs.users VALUES ('101', 'Anna', 'closed')",
    );
    // As a FreePBX 16 has them: cdr without linkedid.
    await server.admin(
      'CREATE DATABASE IF NOT EXISTS asteriskcdrdb; CREATE TABLE IF NOT EXISTS asteriskcdrdb.cdr (calldate DATETIME, src VARCHAR(80), uniqueid VARCHAR(32), KEY calldate (calldate)); CREATE TABLE IF NOT EXISTS asteriskcdrdb.cel (eventtime DATETIME, linkedid VARCHAR(150), uniqueid VARCHAR(150), KEY linkedid (linkedid))',
    );
  });
  after(() => server.admin('DROP DATABASE theirs; DROP DATABASE asteriskcdrdb'));

  const host = () => ({ ...stillHost, secret: () => randomBytes(16).toString('hex') });
  const freepbx = async () => {
    const root = await copyOf('17');
    writeFileSync(join(root, 'etc/freepbx.conf'), "<?php\n$amp_conf['AMPDBNAME'] = 'theirs';\n");
    return root;
  };
  const databases = async () => JSON.stringify(await server.admin('SHOW DATABASES'));
  const users = async () => JSON.stringify(await server.admin("SELECT User FROM mysql.user WHERE User LIKE 'site%'"));
  const ask = async (url: string, sql: string) => {
    const db = openDatabase(url);
    try {
      return JSON.stringify((await db.knex.raw(sql))[0]);
    } finally {
      await db.close();
    }
  };

  it('makes it with users of its own, and drops all of it again', async () => {
    const root = await freepbx();
    const before = everything(root);
    const database = { url: '', admin, name: 'site' };
    await install(askedOf(root, { host: host(), database }), quiet());
    const config = () => settingsOf(readFileSync(join(root, 'etc/dialhook/dialhook.conf'), 'utf8'));
    const [url = '', readUrl = ''] = [
      config().get('DIALHOOK_DATABASE_URL'),
      config().get('DIALHOOK_FREEPBX_DATABASE_URL'),
    ];
    await ask(url, 'CREATE TABLE t (a INT)');
    expect(await ask(readUrl, 'SELECT name FROM users')).to.contain('Anna');
    for (const [who, sql] of [
      [readUrl, 'SELECT password FROM users'],
      [readUrl, "UPDATE users SET name = ''"],
      [url, 'SELECT name FROM theirs.users'],
      [url, 'SELECT User FROM mysql.user'],
      [url, 'CREATE DATABASE more'],
    ] as const)
      expect(await ask(who, sql).catch((error: Error) => error.message), sql).to.match(/denied/);
    // The doctor sees which keys FreePBX's tables of calls have, and not who called.
    const calls = readUrl.replace('/theirs', '/asteriskcdrdb');
    expect(calls).to.not.equal(readUrl);
    const statistics =
      "SELECT table_name, column_name FROM information_schema.statistics WHERE table_schema = 'asteriskcdrdb' ORDER BY 1";
    expect(await ask(calls, statistics))
      .to.contain('calldate')
      .and.to.contain('linkedid');
    expect(await ask(calls, 'SELECT src FROM cdr').catch((error: Error) => error.message)).to.match(/denied/);
    const installed = everything(root);
    await install(askedOf(root, { host: host(), database }), quiet());
    expect(differences(installed, everything(root))).to.deep.equal([]);

    await remove(removalOf(root, { database, keepData: true }), quiet());
    expect(await ask(url, 'SHOW TABLES')).to.contain('"t"');
    await install(askedOf(root, { host: host(), database }), quiet());
    expect(config().get('DIALHOOK_DATABASE_URL')).to.equal(url);
    expect((await remove(removalOf(root, { database }), quiet())).troubles).to.deep.equal([]);
    expect(await databases()).to.not.contain('"site"');
    expect(await users()).to.equal('[]');
    expect(differences(before, everything(root))).to.deep.equal([]);
  });

  it('drops it again when a later step fails', async () => {
    const root = await freepbx();
    const before = everything(root);
    let made = false;
    const at = (index: number, when: string) => {
      if (!made || index === 0 || when !== 'after') return;
      throw new Error('failed after the database');
    };
    const tell = (text: string) => {
      made ||= text.startsWith('make database');
    };
    const failure = await install(askedOf(root, { host: host(), database: { url: '', admin, name: 'site' } }), {
      dryRun: false,
      tell,
      at,
    }).catch(String);
    expect(failure).to.contain('after the database');
    expect(await databases()).to.not.contain('"site"');
    expect(await users()).to.equal('[]');
    expect(differences(before, everything(root))).to.deep.equal([]);
  });

  it('leaves a user alone who came between the look and the making', async () => {
    const root = await freepbx();
    const plan = await planInstall(askedOf(root, { host: host(), database: { url: '', admin, name: 'site' } }));
    const act = plan.changes.find((one) => one.kind === 'act' && one.says.startsWith('make database'));
    await server.admin("CREATE USER site_read@localhost IDENTIFIED BY 'theirs'");
    try {
      expect(await (act?.kind === 'act' ? act.do() : undefined)?.catch(String)).to.contain('CREATE USER');
      expect(await databases()).to.not.contain('"site"');
      expect(await users()).to.equal('[{"User":"site_read"}]');
    } finally {
      await server.admin('DROP USER site_read@localhost');
    }
  });

  it('takes no database that is there already, and says what to do where it may make none', async () => {
    await server.admin('CREATE DATABASE site');
    const root = await freepbx();
    const refused = (use: string) =>
      install(askedOf(root, { host: host(), database: { url: '', admin: use, name: 'site' } }), quiet()).catch(String);
    try {
      expect(await refused(admin))
        .to.contain('exists already')
        .and.to.contain('--database-url');
      expect(await refused(server.url))
        .to.contain('CREATE DATABASE `site`')
        .and.to.contain('--database-url');
    } finally {
      await server.admin('DROP DATABASE site');
    }
  });
});

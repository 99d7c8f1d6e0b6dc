// The tables of FreePBX's own configuration, as its modules declare them, with a few made-up rows: two operators of queue 400,
// two more who may log in to it, a device of another number, a trunk, a route. The columns are the same in 15, 16 and 17 but for one width.
import mysql from 'mysql2/promise';
import { sharedMariaDb } from '../../scripts/lab/mariadb.js';
import { readGrants } from '../../src/freepbx/read/grants.js';

export type FreepbxVersion = '15' | '16' | '17';

const text = (length: number, names: string, more = "NOT NULL DEFAULT ''") =>
  names.split(' ').map((name) => `\`${name}\` VARCHAR(${length}) ${more}`);
const maybe = (length: number, names: string) => text(length, names, 'DEFAULT NULL');
const whole = (names: string, more = 'DEFAULT NULL') => names.split(' ').map((name) => `\`${name}\` INT ${more}`);

const TABLES = (version: FreepbxVersion): Record<string, string[]> => ({
  users: [
    ...text(20, 'extension'),
    ...maybe(20, 'password'),
    ...maybe(50, 'name voicemail recording outboundcid sipname'),
    ...whole('ringtimer'),
    ...maybe(100, 'noanswer'),
    ...text(20, 'noanswer_cid busy_cid chanunavail_cid'),
    ...text(255, 'noanswer_dest busy_dest chanunavail_dest'),
    "mohclass VARCHAR(80) DEFAULT 'default'",
    'KEY extension (extension)',
  ],
  devices: [
    ...text(20, 'id'),
    ...text(10, 'tech'),
    ...text(255, 'dial'),
    ...text(5, 'devicetype'),
    ...maybe(50, 'user description'),
    ...maybe(100, 'emergency_cid hint_override'),
    'KEY id (id)',
    'KEY tech (tech)',
  ],
  queues_config: [
    ...text(20, 'extension'),
    ...text(35, 'descr'),
    ...text(100, 'grppre'),
    ...text(254, 'alertinfo'),
    ...text(8, 'maxwait ivr_id callback_id'),
    ...text(20, 'password'),
    ...text(50, 'dest'),
    ...whole('ringing cwignore queuewait use_queue_context togglehint qnoanswer callconfirm', 'NOT NULL DEFAULT 0'),
    ...whole('callconfirm_id agentannounce_id joinannounce_id monitor_heard monitor_spoken'),
    ...maybe(255, 'qregex'),
    ...maybe(5, 'monitor_type'),
    'PRIMARY KEY (extension)',
  ],
  queues_details: [
    "id VARCHAR(45) NOT NULL DEFAULT '-1'",
    ...text(30, 'keyword'),
    ...text(150, 'data'),
    ...whole('flags', 'NOT NULL DEFAULT 0'),
    'PRIMARY KEY (id, keyword, data)',
  ],
  incoming: [
    ...maybe(50, 'cidnum extension destination'),
    ...whole('privacyman delay_answer'),
    ...maybe(255, 'alertinfo'),
    ...maybe(20, 'ringing fanswer pricid'),
    ...text(80, 'mohclass'),
    ...maybe(80, 'description grppre'),
    ...maybe(10, 'pmmaxretries pmminlength reversal rvolume'),
    ...maybe(20, 'indication_zone'),
  ],
  trunks: [
    ...whole('trunkid', 'NOT NULL DEFAULT 0'),
    ...text(50, 'name'),
    ...text(20, 'tech'),
    ...text(version === '15' ? 40 : 255, 'outcid'),
    ...maybe(4, 'keepcid disabled `continue` routedisplay'.replaceAll('`', '')),
    ...maybe(6, 'maxchans'),
    ...text(255, 'failscript dialoutprefix'),
    ...text(190, 'channelid'),
    ...maybe(255, 'usercontext'),
    ...maybe(40, 'provider'),
    'PRIMARY KEY (trunkid, tech, channelid)',
  ],
  outbound_routes: [
    'route_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY',
    ...maybe(40, 'name'),
    ...maybe(255, 'outcid dest calendar_id calendar_group_id timezone notification_on'),
    ...maybe(20, 'outcid_mode time_mode'),
    ...maybe(30, 'password'),
    ...maybe(4, 'emergency_route intracompany_route'),
    ...maybe(80, 'mohclass'),
    ...whole('time_group_id'),
  ],
  outbound_route_sequence: [...whole('route_id seq', 'NOT NULL'), 'PRIMARY KEY (route_id, seq)'],
  outbound_route_trunks: [...whole('route_id trunk_id seq', 'NOT NULL'), 'PRIMARY KEY (route_id, trunk_id, seq)'],
  ringgroups: [
    "grpnum VARCHAR(20) NOT NULL DEFAULT '' PRIMARY KEY",
    ...maybe(50, 'strategy'),
    ...whole('grptime annmsg_id remotealert_id toolate_id'),
    ...maybe(100, 'grppre'),
    ...maybe(255, 'grplist postdest alertinfo'),
    ...maybe(35, 'description'),
    ...maybe(10, 'needsconf cwignore cfignore cpickup recording progress elsewhere rvolume'),
    ...maybe(80, 'ringing'),
  ],
});

const ROWS: Record<string, Record<string, unknown>[]> = {
  users: [
    { extension: '101', name: 'Anna', password: 'not for us' },
    { extension: '102', name: 'Ben' },
    { extension: '103', name: 'Cara' },
    { extension: '104', name: null },
  ],
  devices: [
    ...['101', '102', '103', '104'].map((id) => ({ id, tech: 'pjsip', dial: `PJSIP/${id}`, user: id })),
    { id: '2001', tech: 'pjsip', dial: 'PJSIP/2001', user: '102', description: 'Hot desk' },
  ],
  queues_config: [{ extension: '400', descr: 'Orders' }],
  queues_details: [
    { id: '400', keyword: 'strategy', data: 'ringall', flags: 0 },
    { id: '400', keyword: 'member', data: 'Local/102@from-queue/n,0', flags: 1 },
    { id: '400', keyword: 'member', data: 'Local/101@from-queue/n,5', flags: 0 },
    { id: '-1', keyword: 'member', data: '', flags: 9 },
  ],
  incoming: [
    { extension: '5551000', cidnum: '', destination: 'ext-queues,400,1', description: 'Orders by phone' },
    { extension: '+998005550101', cidnum: '', destination: 'from-did-direct,101,1', description: 'Anna direct' },
    { extension: '5551000', cidnum: '998005550142', destination: 'ext-group,600,1', description: 'The best client' },
    { extension: '', cidnum: '', destination: 'app-blackhole,hangup,1', description: 'All others' },
  ],
  trunks: [{ trunkid: 1, name: 'labtrunk', tech: 'pjsip', channelid: 'labtrunk', disabled: 'off' }],
  outbound_routes: [{ route_id: 1, name: 'labout' }],
  outbound_route_sequence: [{ route_id: 1, seq: 0 }],
  outbound_route_trunks: [{ route_id: 1, trunk_id: 1, seq: 0 }],
  ringgroups: [{ grpnum: '600', description: 'Workshop', strategy: 'ringall', grplist: '101-102' }],
};

export interface FreepbxTables {
  /** For the user that may only read. */
  url: string;
  /** As FreePBX itself. */
  sql(text: string, values?: unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

let made = 0;

/** A database as FreePBX keeps it, and a user with the rights that readGrants() names. */
export async function freepbxTables(version: FreepbxVersion = '17'): Promise<FreepbxTables> {
  const maria = await sharedMariaDb();
  const owner = await maria.createDatabase();
  const link = await mysql.createConnection({ uri: owner });
  for (const [name, columns] of Object.entries(TABLES(version)))
    await link.query(`CREATE TABLE \`${name}\` (${columns.join(', ')}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  for (const [name, rows] of Object.entries(ROWS))
    for (const row of rows) await link.query(`INSERT INTO \`${name}\` SET ?`, [row]);
  const [user, database] = [`reader_${++made}`, new URL(owner).pathname.slice(1)];
  await maria.admin(`CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY 'reads'`);
  for (const grant of readGrants(database, `${user}@'127.0.0.1'`)) await maria.admin(grant);
  return {
    url: `mysql://${user}:reads@127.0.0.1:${maria.port}/${database}`,
    sql: async (statement, values = []) => (await link.query(statement, values))[0],
    close: () => link.end(),
  };
}

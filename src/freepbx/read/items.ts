// Pure. FreePBX's rows as what we want to know: extensions, queues, ring groups, numbers, trunks, routes.
import type { FreepbxRow, FreepbxRows, FreepbxTable } from '../../store/freepbx-source.js';

export const KINDS = ['extension', 'queue', 'ring_group', 'did', 'trunk', 'route'] as const;
export type Kind = (typeof KINDS)[number];

export interface Item {
  kind: Kind;
  /** What it is known by: the extension, the number dialled, the id of a trunk or route. */
  number: string;
  name: string;
  /** An extension that some queue may ring. */
  operator: boolean;
  /** More of it, by name. */
  detail: Readonly<Record<string, string>>;
}

/** Who may log in to which queue, by queue: FreePBX keeps that in the AstDB (QPENALTY), not in its tables. */
export type Dynamic = ReadonlyMap<string, readonly string[]>;

/** The table without which a kind is not known at all: then the last reading of that kind stands. */
const TABLE_OF: Record<Kind, FreepbxTable> = {
  extension: 'users',
  queue: 'queues_config',
  ring_group: 'ringgroups',
  did: 'incoming',
  trunk: 'trunks',
  route: 'outbound_routes',
};

/** The kinds of which something is known. */
export const kindsIn = (rows: FreepbxRows): Kind[] => KINDS.filter((kind) => rows.has(TABLE_OF[kind]));

/** Everything in FreePBX's rows, in the order of the kinds. A second row of the same number is left out. */
export function itemsOf(rows: FreepbxRows, dynamic: Dynamic = new Map()): Item[] {
  const table = (name: FreepbxTable): readonly FreepbxRow[] => rows.get(name) ?? [];
  const members = membersOf(table('queues_details'));
  const ringing = new Set([...members.values(), ...dynamic.values()].flat());
  const all = [
    ...extensionsOf(table('users'), table('devices'), ringing),
    ...table('queues_config').map((row) => queueOf(row, table('queues_details'), members, dynamic)),
    ...table('ringgroups').map((row) =>
      item('ring_group', row['grpnum'], row['description'], {
        strategy: row['strategy'],
        members: words(row['grplist'], '-').join(' '),
      }),
    ),
    ...table('incoming').map(didOf),
    ...table('trunks').map((row) =>
      item('trunk', row['trunkid'], row['name'] || row['channelid'], {
        tech: row['tech'],
        channel: row['channelid'],
        disabled: row['disabled'] === 'on' ? 'yes' : '',
      }),
    ),
    ...routesOf(rows),
  ];
  const seen = new Set<string>();
  return all.filter(({ kind, number }) => {
    const key = `${kind} ${number}`;
    if (number === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Control characters have no place in a name: they end lines and steer terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is taken out
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const plain = (text: string | undefined): string => (text ?? '').replace(CONTROL, ' ').trim();
const words = (text: string | undefined, by: string): string[] =>
  (text ?? '')
    .split(by)
    .map(plain)
    .filter((word) => word !== '');

function item(
  kind: Kind,
  number: string | undefined,
  name: string | undefined,
  detail: Record<string, string | undefined> = {},
  operator = false,
): Item {
  const said = Object.entries(detail).map(([key, value]) => [key, plain(value)] as const);
  const known = Object.fromEntries(said.filter(([, value]) => value !== ''));
  return { kind, number: plain(number).slice(0, 80), name: plain(name), operator, detail: known };
}

/**
 * A phone is a device, its owner a user; unless FreePBX runs in the mode "device and user" both have the same number. Events name
 * the device (its endpoint), queues ring the user: both get a row.
 */
function extensionsOf(
  users: readonly FreepbxRow[],
  devices: readonly FreepbxRow[],
  ringing: ReadonlySet<string>,
): Item[] {
  const nameOf = new Map(users.map((row) => [row['extension'] ?? '', row['name'] ?? '']));
  const techOf = new Map(devices.map((row) => [row['id'] ?? '', row['tech'] ?? '']));
  const owners = users.map((row) => {
    const extension = row['extension'] ?? '';
    return item('extension', extension, row['name'], { tech: techOf.get(extension) }, ringing.has(extension));
  });
  // Without one user the table is being written anew, and no device is known by its own name only because of that.
  if (owners.length === 0) return [];
  const others = devices
    .filter((row) => !nameOf.has(row['id'] ?? ''))
    .map((row) => {
      const user = row['user'] === 'none' ? '' : (row['user'] ?? '');
      const name = nameOf.get(user) || row['description'];
      return item('extension', row['id'], name, { tech: row['tech'], user }, ringing.has(user));
    });
  return [...owners, ...others.filter(({ name }) => name !== '')];
}

/** Static members by queue, in FreePBX's order: the number of `Local/101@from-queue/n,0`, or the phone of `PJSIP/101,0`. */
function membersOf(details: readonly FreepbxRow[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const rows = details.filter((row) => row['keyword'] === 'member');
  for (const row of [...rows].sort((a, b) => Number(a['flags']) - Number(b['flags']))) {
    const [, member = ''] = /^[A-Za-z0-9]+\/([^@,/]+)/.exec(row['data'] ?? '') ?? [];
    if (member === '') continue;
    const queue = row['id'] ?? '';
    found.set(queue, [...(found.get(queue) ?? []), plain(member)]);
  }
  return found;
}

function queueOf(
  row: FreepbxRow,
  details: readonly FreepbxRow[],
  members: ReadonlyMap<string, string[]>,
  dynamic: Dynamic,
): Item {
  const queue = row['extension'] ?? '';
  const strategy = details.find((one) => one['id'] === queue && one['keyword'] === 'strategy')?.['data'];
  const all = { members: members.get(queue)?.join(' '), dynamic: dynamic.get(queue)?.join(' ') };
  return item('queue', queue, row['descr'], { strategy, ...all });
}

/** An inbound route is known by the number dialled, and by the caller's where it names one. A route for any number is `any`. */
function didOf(row: FreepbxRow): Item {
  const [dialled, caller] = [plain(row['extension']) || 'any', plain(row['cidnum'])];
  const detail = { destination: row['destination'], caller };
  return item('did', caller === '' ? dialled : `${dialled}/${caller}`, row['description'], detail);
}

function routesOf(rows: FreepbxRows): Item[] {
  const order = new Map((rows.get('outbound_route_sequence') ?? []).map((row) => [row['route_id'], row['seq'] ?? '']));
  const trunks = new Map((rows.get('trunks') ?? []).map((row) => [row['trunkid'], row['name'] || row['channelid']]));
  const ways = [...(rows.get('outbound_route_trunks') ?? [])].sort((a, b) => Number(a['seq']) - Number(b['seq']));
  return (rows.get('outbound_routes') ?? [])
    .map((row) => {
      const mine = ways.filter((way) => way['route_id'] === row['route_id']);
      const names = mine.map((way) => trunks.get(way['trunk_id']) ?? `trunk ${way['trunk_id']}`);
      return item('route', row['route_id'], row['name'], {
        place: order.get(row['route_id']),
        trunks: names.join(', '),
      });
    })
    .sort((a, b) => Number(a.detail['place'] ?? 0) - Number(b.detail['place'] ?? 0));
}

// The address of a MySQL database. It may name several servers, as MySQL's own programs write it: the nodes of one cluster.

const ADDRESS = /^((?:mysql|mariadb):\/\/(?:[^@/?#]*@)?)([^@/?#]+)(.*)$/;

/**
 * One URL for each server that an address names, in its order: `mysql://user:password@db1:3306,db2:3306/name` names two.
 * Empty when it is no address of a MySQL database.
 */
export function serversOf(address: string): URL[] {
  const [, before = '', hosts = '', after = ''] = ADDRESS.exec(address) ?? [];
  const texts = hosts.split(',').map((host) => `${before}${host.trim()}${after}`);
  if (!texts.every((text) => URL.canParse(text))) return [];
  const servers = texts.map((text) => new URL(text));
  return servers.every(({ hostname, pathname }) => hostname !== '' && pathname.length > 1) ? servers : [];
}

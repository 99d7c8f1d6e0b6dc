-- Lists that become dialplan: who is refused, who comes first, which number leads where. `digits` is the number without
-- anything but its digits: how numbers are compared.

CREATE TABLE list_blacklist (
  digits {id} NOT NULL PRIMARY KEY,
  number {text} NOT NULL,
  reason {text} NOT NULL,
  until_at {at},
  added_at {at} NOT NULL
) {options};

CREATE TABLE list_vips (
  digits {id} NOT NULL PRIMARY KEY,
  number {text} NOT NULL,
  name {text} NOT NULL,
  priority {ms} NOT NULL,
  added_at {at} NOT NULL
) {options};

-- A destination is context, extension and priority: what Goto() takes.
CREATE TABLE list_routes (
  digits {id} NOT NULL PRIMARY KEY,
  number {text} NOT NULL,
  context {name} NOT NULL,
  exten {name} NOT NULL,
  priority {ms} NOT NULL,
  note {text} NOT NULL,
  added_at {at} NOT NULL
) {options};

-- Clients that are VIPs are on the list too, and it is read every few seconds.
CREATE INDEX clients_vip ON clients (vip);

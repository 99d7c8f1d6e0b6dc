// The smallest PBX the lab itself is tried on: a few phones, a trunk, a queue. The product's own dialplan is not in it.
import type { Files } from './asterisk-conf.js';

/** Where the outside world's phone is: another loopback address, so that the PBX tells it from the operators' phones by address. */
export const TRUNK_HOST = '127.0.0.2';
export const PHONE_PASSWORD = 'lab-secret';

/** pjsip.conf, extensions.conf and queues.conf for operators (`101`, …) and one trunk whose phone listens on `trunkPort`. */
export function minimalPbx(operators: string[], trunkPort: number): Files {
  return {
    'pjsip.conf': `${PJSIP_HEAD}${operators.map(operator).join('')}${trunk(trunkPort)}`,
    'extensions.conf': EXTENSIONS,
    'queues.conf': `[general]\n[lab]\nstrategy = ringall\ntimeout = 15\nmusicclass = default\n${operators.map((name) => `member => PJSIP/${name}\n`).join('')}`,
  };
}

const PJSIP_HEAD = `[udp]
type = transport
protocol = udp
bind = @SIP_HOST@:@SIP_PORT@
[operator](!)
type = endpoint
context = from-operator
disallow = all
allow = ulaw
direct_media = no
dtmf_mode = info
[operator-auth](!)
type = auth
auth_type = userpass
password = ${PHONE_PASSWORD}
`;

const operator = (name: string) => `[${name}](operator)
auth = ${name}
aors = ${name}
callerid = "Operator ${name}" <${name}>
[${name}](operator-auth)
username = ${name}
[${name}]
type = aor
max_contacts = 1
remove_existing = yes
`;

const trunk = (port: number) => `[trunk]
type = endpoint
context = from-trunk
disallow = all
allow = ulaw
direct_media = no
trust_id_inbound = yes
aors = trunk
[trunk]
type = aor
contact = sip:trunk@${TRUNK_HOST}:${port}
[trunk]
type = identify
endpoint = trunk
match = ${TRUNK_HOST}
`;

const EXTENSIONS = `[from-operator]
exten => _1XX,1,Dial(PJSIP/\${EXTEN},20)
 same => n,Hangup()
exten => _0X.,1,Dial(PJSIP/\${EXTEN}@trunk,20)
exten => 500,1,Answer()
 same => n,Echo()
exten => 501,1,Answer()
 same => n,Read(DIGITS,,3,,1,10)
 same => n,Verbose(1,digits read: \${DIGITS})
 same => n,Hangup()
exten => _51X,1,Dial(PJSIP/10\${EXTEN:2},20,b(auto-answer^s^1))
exten => 600,1,Queue(lab,,,,20)
[auto-answer]
exten => s,1,Set(PJSIP_HEADER(add,Alert-Info)=<http://127.0.0.1>\\;info=alert-autoanswer)
 same => n,Return()
[from-trunk]
exten => _X.,1,Dial(PJSIP/101,20)
`;

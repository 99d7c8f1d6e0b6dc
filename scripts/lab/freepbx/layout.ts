// Which files take which in on a FreePBX system, and which of them are the site's own.
import type { Files } from '../asterisk-conf.js';

const words = (text: string) => text.trim().split(/\s+/);

/** Files that FreePBX makes empty once and never touches again. */
const CUSTOM = words(`
extensions_override_freepbx extensions_custom globals_custom
queues_custom_general queues_custom queues_post_custom
manager_custom manager_additional
pjsip_custom pjsip_custom_post
pjsip.transports_custom pjsip.endpoint_custom pjsip.aor_custom pjsip.auth_custom pjsip.registration_custom pjsip.identify_custom
pjsip.transports_custom_post pjsip.endpoint_custom_post pjsip.aor_custom_post pjsip.auth_custom_post
pjsip.registration_custom_post pjsip.identify_custom_post
features_general_custom features_featuremap_custom features_applicationmap_custom
res_parking_custom musiconhold_custom confbridge_custom cdr_general_custom cel_general_custom cel_odbc_custom
logger_general_custom logger_logfiles_custom rtp_custom http_custom indications_custom res_odbc_custom extconfig_custom
modules_custom voicemail_custom`);

export const customFiles = (): Files => Object.fromEntries(CUSTOM.map((name) => [`${name}.conf`, '']));

const takes = (names: string) =>
  words(names)
    .map((name) => `#include ${name}.conf\n`)
    .join('');

const PJSIP = words('transports endpoint aor auth registration identify')
  .map((part) => takes(`pjsip.${part} pjsip.${part}_custom_post`))
  .join('');

/** `dialplan` are the contexts that stand in extensions.conf itself, below the three files it takes in. */
export function fixedFiles(secretOf: (whose: string) => string, dialplan: string): Files {
  return {
    'asterisk.conf': ASTERISK,
    'extensions.conf': `${takes('extensions_override_freepbx extensions_additional extensions_custom')}${dialplan}`,
    'queues.conf': `[general]\n${takes('queues_general_additional queues_custom_general queues_additional queues_custom queues_post_custom')}`,
    'manager.conf': `${manager(secretOf('manager'))}${takes('manager_additional manager_custom')}`,
    'pjsip.conf': `${takes('pjsip_custom')}${PJSIP}${takes('pjsip_custom_post')}`,
    'features.conf': `[general]
${takes('features_general_additional features_general_custom')}[featuremap]
${takes('features_featuremap_additional features_featuremap_custom')}[applicationmap]
${takes('features_applicationmap_additional features_applicationmap_custom')}`,
    'res_parking.conf': takes('res_parking_additional res_parking_custom'),
    'musiconhold.conf': takes('musiconhold_additional musiconhold_custom'),
    'confbridge.conf': takes('confbridge_additional confbridge_custom'),
    'cdr.conf': `[general]\nenable = yes\n${takes('cdr_general_custom')}`,
    'cel.conf': `[general]
enable = yes
apps = confbridge,meetme,mixmonitor,queue,stopmixmonitor,voicemail,voicemailmain
events = all
${takes('cel_general_custom')}`,
    'cel_odbc.conf': takes('cel_odbc_custom'),
    'cdr_adaptive_odbc.conf':
      '[asteriskcdrdb]\nconnection = asteriskcdrdb\nloguniqueid = yes\ntable = cdr\nalias start => calldate\n',
    'res_odbc.conf': takes('res_odbc_custom'),
    'extconfig.conf': `[settings]\n${takes('extconfig_custom')}`,
    'logger.conf': `[general]\ndateformat = %F %T\n${takes('logger_general_custom')}[logfiles]\n${takes('logger_logfiles_custom')}full => notice,warning,error,verbose(3)\n`,
    'rtp.conf': `[general]\nrtpstart = 10000\nrtpend = 20000\n${takes('rtp_custom')}`,
    'http.conf': `[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = 8088\n${takes('http_custom')}`,
    'indications.conf': `[general]\ncountry = us\n${US}${takes('indications_custom')}`,
    'voicemail.conf': `[general]\nformat = wav\n${takes('voicemail_custom')}[default]\n`,
    'modules.conf': `[modules]\nautoload = yes\n${takes('modules_custom')}`,
  };
}

const ASTERISK = `[directories]
astetcdir => /etc/asterisk
astvarlibdir => /var/lib/asterisk
astdbdir => /var/lib/asterisk
astdatadir => /var/lib/asterisk
astagidir => /var/lib/asterisk/agi-bin
astspooldir => /var/spool/asterisk
astrundir => /var/run/asterisk
astlogdir => /var/log/asterisk
[options]
transmit_silence_during_record = yes
languageprefix = yes
execincludes = yes
runuser = asterisk
rungroup = asterisk
`;

const manager = (secret: string) => `[general]
enabled = yes
port = 5038
bindaddr = 127.0.0.1
displayconnects = no
[admin]
secret = ${secret}
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.0
read = system,call,log,verbose,command,agent,user,config,dtmf,reporting,cdr,dialplan,originate,message
write = system,call,log,verbose,command,agent,user,config,dtmf,reporting,cdr,dialplan,originate,message
writetimeout = 5000
`;

const US = `[us]
description = United States
ringcadence = 2000,4000
dial = 350+440
busy = 480+620/500,0/500
ring = 440+480/2000,0/4000
congestion = 480+620/250,0/250
`;

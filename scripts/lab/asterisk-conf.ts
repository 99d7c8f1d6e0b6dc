// The configuration of one laboratory Asterisk: what every one needs, and templates with @NAME@ filled in.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AsteriskTree } from './asterisk-tree.js';

/** What stands for @NAME@ in a template, by NAME. */
export type Values = Record<string, string>;
/** Configuration files by name, e.g. `extensions.conf`; a name may lead into a subfolder. */
export type Files = Record<string, string>;

/**
 * Fills a template: every @NAME@ (capitals, digits, _) becomes its value.
 * @throws Error naming file, line and placeholder when one has no value.
 */
export function fillTemplate(name: string, text: string, values: Values): string {
  return text
    .split('\n')
    .map((line, index) =>
      line.replace(/@([A-Z][A-Z0-9_]*)@/g, (placeholder, key: string) => {
        const value = values[key];
        if (value !== undefined) return value;
        const known = Object.keys(values).sort().join(', ');
        throw new Error(`${name}:${index + 1}: ${placeholder} has no value; known are ${known}`);
      }),
    )
    .join('\n');
}

/**
 * Every *.conf that lies directly in the folders. A key is the place under etc ('' or `dialhook`), its value the folder.
 * @throws Error naming a folder that is not there.
 */
export function readConfigs(folders: Record<string, string>): Files {
  const files: Files = {};
  for (const [place, folder] of Object.entries(folders)) {
    if (!existsSync(folder)) throw new Error(`${folder} does not exist, so no configuration can be read from it`);
    for (const name of readdirSync(folder).sort()) {
      if (name.endsWith('.conf')) files[join(place, name)] = readFileSync(join(folder, name), 'utf8');
    }
  }
  return files;
}

const words = (text: string) => text.trim().split(/\s+/);
const PJSIP = words(`
res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject res_pjsip res_pjsip_session res_pjsip_pubsub
res_pjsip_sdp_rtp res_pjsip_registrar res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_caller_id res_pjsip_rfc3326
res_pjsip_header_funcs res_pjsip_nat res_pjsip_dtmf_info res_pjsip_refer res_pjsip_diversion res_pjsip_logger
res_pjsip_outbound_publish res_pjsip_exten_state res_pjsip_mwi res_pjsip_mwi_body_generator res_pjsip_pidf_body_generator res_pjsip_acl
res_pjsip_outbound_registration res_rtp_asterisk chan_pjsip func_pjsip_endpoint func_pjsip_contact func_pjsip_aor`);
const CALLS = words(`
pbx_config pbx_spool app_dial app_queue app_stack app_playback app_playtones app_verbose app_exec app_cdr app_echo app_read
app_senddtmf app_userevent app_originate app_while app_softhangup app_system app_directed_pickup app_transfer app_confbridge
app_mixmonitor app_chanspy app_voicemail app_record app_authenticate app_sayunixtime app_page app_channelredirect app_bridgewait
func_callerid func_channel func_strings func_cut func_logic func_math func_dialplan func_env func_global func_hangupcause
func_timeout func_db func_devstate func_uri func_shell func_sprintf func_md5 func_sha1 func_base64 func_rand func_groupcount func_cdr func_json
func_extstate func_realtime func_module func_version func_periodic_hook func_blacklist func_audiohookinherit func_lock
res_timing_timerfd res_agi res_speech res_musiconhold res_clioriginate res_parking
bridge_simple bridge_native_rtp bridge_softmix bridge_holding bridge_builtin_features bridge_builtin_interval_features chan_bridge_media
codec_ulaw codec_alaw codec_gsm codec_resample format_gsm format_pcm format_wav format_wav_gsm format_sln cdr_csv`);

/** modules.conf with what the lab needs and this tree has; loading everything takes twice as long and warns of what is not set up. */
export function modulesConf(tree: AsteriskTree, more: string[], without: string[]): string {
  const wanted = [...PJSIP, ...CALLS, ...more].filter((name) => !without.includes(name));
  const present = wanted.filter((name) => existsSync(join(tree.modules, `${name}.so`)));
  return `[modules]\nautoload = no\n${present.map((name) => `load = ${name}.so\n`).join('')}`;
}

/** asterisk.conf: every folder under `folder`, so that two never meet; a `systemName` stands before every uniqueid. */
export function asteriskConf(tree: AsteriskTree, folder: string, systemName: string): string {
  const share = join(tree.root, 'usr/share/asterisk');
  return `[directories]
astcachedir => ${folder}/cache
astetcdir => ${folder}/etc
astmoddir => ${tree.modules}
astvarlibdir => ${tree.root}/var/lib/asterisk
astdbdir => ${folder}/db
astkeydir => ${folder}/db
astdatadir => ${share}
astagidir => ${folder}/agi-bin
astspooldir => ${folder}/spool
astrundir => ${folder}/run
astlogdir => ${folder}/log
[options]
execincludes = yes
${systemName === '' ? '' : `systemname = ${systemName}\n`}verbose = 4
`;
}

/** The files every Asterisk needs to start without a complaint; the caller's own files replace them by name. */
export function baseConfigs(): Files {
  const empty = words(
    'acl ccss cel confbridge dnsmgr extensions features http hep pjproject pjsip queues res_parking rtp sorcery stasis udptl voicemail',
  );
  const files: Files = Object.fromEntries(empty.map((name) => [`${name}.conf`, '']));
  return {
    ...files,
    'logger.conf':
      '[general]\ndateformat = %F %T.%3q\nqueue_log = yes\n[logfiles]\nfull => notice,warning,error,verbose(4),dtmf\n',
    'rtp.conf': '[general]\nrtpstart = @RTP_START@\nrtpend = @RTP_END@\n',
    'manager.conf': `[general]
enabled = yes
bindaddr = @AMI_HOST@
port = @AMI_PORT@
[@AMI_USER@]
secret = @AMI_SECRET@
read = all
write = all
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
`,
    'cdr.conf': '[general]\nenable = yes\nunanswered = yes\n[csv]\nusegmtime = yes\n',
    'confbridge.conf': '[default_bridge]\ntype = bridge\n[default_user]\ntype = user\n',
    'musiconhold.conf': '[default]\nmode = files\ndirectory = @MOH_DIR@\n',
    'indications.conf':
      '[general]\ncountry = us\n[us]\ndescription = United States\nringcadence = 2000,4000\ndial = 350+440\nbusy = 480+620/500,0/500\nring = 440+480/2000,0/4000\ncongestion = 480+620/250,0/250\n',
  };
}

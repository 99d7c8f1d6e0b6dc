/** What Asterisk says before the blank line, as Asterisk 22 writes it; 26 lines. */
export const environment = (path: string, line: string): string => `agi_network: yes
agi_network_script: ${path.slice(1)}?v=1
agi_request: agi://192.0.2.10${path}?v=1
agi_channel: PJSIP/trunk-0000002a
agi_language: en
agi_type: PJSIP
agi_uniqueid: pbx1-1763676543.42
agi_version: 22.10.1
agi_callerid: 555-0100
agi_calleridname: Example
agi_callingpres: 0
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: 555-0199
agi_rdnis: unknown
agi_context: dialhook-send
agi_extension: s
agi_priority: 3
agi_enhanced: 0.0
agi_accountcode:
agi_threadid: 140273834014464
agi_arg_1: ${line}

`;
